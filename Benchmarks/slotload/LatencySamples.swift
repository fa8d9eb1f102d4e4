/// Every latency of a run, kept whole, so that percentiles are exact.
///
/// Four bytes a sample: a run of ten seconds at half a million calls per second takes 20 MB.
struct LatencySamples {
    /// Nanoseconds, cut to 4.29 s.
    private var samples: [UInt32] = []

    var count: Int { samples.count }

    mutating func reserve(_ count: Int) {
        samples.reserveCapacity(count)
    }

    mutating func append(nanoseconds: UInt64) {
        samples.append(UInt32(clamping: nanoseconds))
    }

    /// Cost: sorts.
    func percentiles() -> Percentiles {
        let sorted = samples.sorted()
        // The smallest sample that at least this share of all samples does not exceed.
        func at(_ share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            let rank = Int((share * Double(sorted.count)).rounded(.up))
            return Double(sorted[min(max(rank, 1), sorted.count) - 1]) / 1000
        }
        return Percentiles(
            p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1))
    }
}

/// Latencies in microseconds.
struct Percentiles: Encodable {
    var p50: Double
    var p90: Double
    var p99: Double
    var p999: Double
    var max: Double
}
