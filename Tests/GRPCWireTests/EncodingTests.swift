import GRPCWire
import TestSupport
import Testing

@Suite("Text encodings")
struct EncodingTests {
    @Test("The special status message of the interop suite survives, as visible ASCII")
    func specialMessage() {
        let text = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
        let encoded = PercentEncoding.encode(text)
        #expect(encoded.allSatisfy { $0 >= 0x20 && $0 <= 0x7E })
        #expect(PercentEncoding.decode(encoded.span) == text)
    }

    @Test("Escapes are upper case, % is escaped, inner spaces are not, edge spaces are")
    func escapes() {
        #expect(String(decoding: PercentEncoding.encode("a b%é"), as: UTF8.self) == "a b%25%C3%A9")
        #expect(String(decoding: PercentEncoding.encode(" a "), as: UTF8.self) == "%20a%20")
    }

    @Test("A broken escape is left as it is", arguments: ["%", "%4", "%zz", "a%G1", "%%"])
    func brokenEscapes(text: String) {
        #expect(PercentEncoding.decode(Array(text.utf8).span) == text)
    }

    @Test("Any string survives percent-encoding, any bytes survive base64")
    func roundTrips() {
        var random = SeededGenerator(seed: 12)
        for _ in 0..<2_000 {
            let bytes = random.bytes(upTo: 40)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(PercentEncoding.decode(PercentEncoding.encode(text).span) == text)
            #expect(Base64.decode(Base64.encode(bytes).span) == bytes)
        }
    }

    @Test(
        "Base64 is read padded and unpadded",
        arguments: [
            ("", []), ("YQ", [97]), ("YQ==", [97]), ("YWI=", [97, 98]), ("q6s", [171, 171]),
        ]
            as [(String, [UInt8])])
    func padding(text: String, bytes: [UInt8]) {
        #expect(Base64.decode(Array(text.utf8).span) == bytes)
    }

    @Test(
        "Malformed base64 is refused", arguments: ["A", "YQ=", "YQ===", "a-b_", "Y Q", "=", "===="])
    func malformedBase64(text: String) {
        #expect(Base64.decode(Array(text.utf8).span) == nil)
    }

    @Test("Several base64 values in one field are split before they are decoded")
    func lists() {
        #expect(Base64.decodeList(Array("YQ==,Yg, Yw".utf8).span) == [[97], [98], [99]])
        #expect(Base64.decodeList(Array("".utf8).span) == [[]])
        #expect(Base64.decodeList(Array("YQ,!".utf8).span) == nil)
    }

    @Test("Decoders take any bytes without trapping")
    func fuzz() {
        var random = SeededGenerator(seed: 13)
        for _ in 0..<5_000 {
            let bytes = random.bytes(upTo: 24)
            _ = PercentEncoding.decode(bytes.span)
            _ = Base64.decodeList(bytes.span)
            _ = GRPCTimeout.parse(bytes.span)
            _ = ContentType.isGRPC(bytes.span)
            _ = StatusCode(wire: bytes.span)
            _ = MethodPath(String(decoding: bytes, as: UTF8.self))
        }
    }
}
