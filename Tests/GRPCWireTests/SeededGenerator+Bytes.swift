import TestSupport

extension SeededGenerator {
    mutating func bytes(upTo count: Int) -> [UInt8] {
        let length = Int.random(in: 0...count, using: &self)
        return (0..<length).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
