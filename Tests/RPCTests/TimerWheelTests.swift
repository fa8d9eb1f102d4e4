import TestSupport
import Testing

@testable import RPC

@Suite("Timer wheel")
struct TimerWheelTests {
    @Test("What comes due is what a plain list says, one tick late at most, never early")
    func twin() {
        for seed in UInt64(1)...200 {
            var random = SeededGenerator(seed: seed)
            var now = UInt64.random(in: 0...10_000_000_000, using: &random)
            var wheel = TimerWheel(now: now)
            var twin: [UInt64: (deadline: UInt64, handle: TimerWheel.Handle)] = [:]
            for token in UInt64(0)..<400 {
                switch Int.random(in: 0...9, using: &random) {
                case 0...5:
                    let span = UInt64(1) << UInt64.random(in: 0...34, using: &random)
                    let deadline = now + UInt64.random(in: 0...span, using: &random)
                    let handle = wheel.set(.init(owner: 1, token: token), at: deadline)
                    twin[token] = (deadline, handle)
                case 6...7:
                    guard let token = twin.keys.sorted().randomElement(using: &random) else {
                        break
                    }
                    wheel.cancel(twin[token]!.handle)
                    twin[token] = nil
                default:
                    now += UInt64.random(in: 0...3_000_000_000, using: &random)
                    var due: [TimerWheel.Due] = []
                    wheel.advance(to: now, into: &due)
                    for item in due {
                        let entry = twin.removeValue(forKey: item.token)
                        #expect(entry != nil && entry!.deadline <= now, "seed \(seed)")
                    }
                    let late = twin.values.filter {
                        $0.deadline + TimerWheel.tickNanoseconds <= now
                    }
                    #expect(late.isEmpty, "seed \(seed)")
                    if let wake = wheel.nextWake() { #expect(wake > now, "seed \(seed)") }
                }
                #expect(wheel.count == twin.count, "seed \(seed)")
            }
        }
    }
}
