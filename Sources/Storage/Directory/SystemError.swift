internal import Glibc

/// What `errno` means right now, in words.
func systemErrorText(_ code: Int32 = errno) -> String {
    guard let text = strerror(code) else { return "errno \(code)" }
    return String(cString: text)
}
