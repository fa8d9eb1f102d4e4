internal import HTTP2

extension Server {
    /// The version of nghttp2 that is linked, such as `1.52.0`.
    public static var libraryVersion: String { HTTP2Library.version }
}
