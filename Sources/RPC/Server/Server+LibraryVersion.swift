internal import HTTP2

extension Server {
    /// The version of nghttp2 that is linked, such as `1.52.0`.
    public static var libraryVersion: String { HTTP2Library.version }

    /// Whether it has the limits against hostile peers that this server relies on (1.52).
    public static var isLibrarySupported: Bool { HTTP2Library.isSupported }
}
