internal import SlotdAPI
internal import SwiftProtobuf
internal import WireFormat

// Requests that come so often that they are read by hand. Anything unusual in them, a field that is
// not known here included, makes the reading nil, and the generated code reads them instead.

/// A message that can be read by hand.
protocol PlainMessage: Message {
    /// Reads the field of this tag, if it is known here.
    mutating func readPlain(_ tag: UInt64, _ reader: inout MessageReader) -> Bool
}

extension PlainMessage {
    /// The message in these bytes, if all that they hold is known here. A test compares it with
    /// what the generated code reads.
    init?(plain bytes: [UInt8]) {
        self.init()
        let isRead = bytes.withUnsafeBytes { readPlain($0) }
        guard isRead else { return nil }
    }

    fileprivate mutating func readPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var reader = MessageReader(bytes)
        while !reader.isAtEnd {
            guard let tag = reader.tag(), readPlain(tag, &reader) else { return false }
        }
        return true
    }
}

extension Slotd_V1_FindSlotsRequest: PlainMessage {
    mutating func readPlain(_ tag: UInt64, _ reader: inout MessageReader) -> Bool {
        switch tag {
        case 1 << 3 | 2: reader.read(&locationID)
        case 2 << 3 | 2: reader.read(&serviceID)
        case 3 << 3: reader.read(&durationMinutes)
        case 4 << 3 | 2: reader.append(to: &providerIds)
        case 5 << 3 | 2 where !hasFrom: reader.read(&from)
        case 6 << 3 | 2 where !hasTo: reader.read(&to)
        case 7 << 3: reader.read(&pageSize)
        case 8 << 3 | 2: reader.read(&pageToken)
        case 9 << 3 | 2: reader.read(&ignoreBookingID)
        case 10 << 3 | 2: reader.read(&holdID)
        case 31 << 3 | 2: reader.read(&patientID)
        case 32 << 3: reader.read(&selfService)
        case 33 << 3 | 2: reader.read(&timeZone)
        default: false
        }
    }
}

extension Slotd_V1_CreateBookingRequest: PlainMessage {
    mutating func readPlain(_ tag: UInt64, _ reader: inout MessageReader) -> Bool {
        switch tag {
        case 1 << 3 | 2: return reader.read(&requestID)
        case 2 << 3 | 2: return reader.read(&patientID)
        case 3 << 3 | 2 where !hasBooking:
            guard let content = reader.content() else { return false }
            var slot = Slotd_V1_NewBooking()
            guard slot.readPlain(content) else { return false }
            booking = slot
            return true
        default: return false
        }
    }
}

extension Slotd_V1_NewBooking: PlainMessage {
    /// Visits of several services, overrides and deposits are rare.
    mutating func readPlain(_ tag: UInt64, _ reader: inout MessageReader) -> Bool {
        switch tag {
        case 1 << 3 | 2: reader.read(&locationID)
        case 2 << 3 | 2: reader.read(&serviceID)
        case 3 << 3: reader.read(&durationMinutes)
        case 4 << 3 | 2: reader.read(&providerID)
        case 5 << 3 | 2 where !hasStart: reader.read(&start)
        case 6 << 3 | 2: reader.read(&holdID)
        case 8 << 3: reader.read(&walkIn)
        case 9 << 3: reader.read(&confirmed)
        case 10 << 3 | 2: reader.read(&note)
        case 11 << 3 | 2: reader.read(&externalRef)
        case 33 << 3: reader.read(&selfService)
        case 34 << 3 | 2: reader.read(&slotToken)
        default: false
        }
    }
}

extension MessageReader {
    /// A string field.
    fileprivate mutating func read(_ value: inout String) -> Bool {
        guard let text = text() else { return false }
        value = text
        return true
    }

    /// An element of a repeated string field.
    fileprivate mutating func append(to values: inout [String]) -> Bool {
        guard let text = text() else { return false }
        values.append(text)
        return true
    }

    /// An int32 field: of what is longer the lower half counts.
    fileprivate mutating func read(_ value: inout Int32) -> Bool {
        guard let number = varint() else { return false }
        value = Int32(truncatingIfNeeded: number)
        return true
    }

    /// A bool field.
    fileprivate mutating func read(_ value: inout Bool) -> Bool {
        guard let number = varint() else { return false }
        value = number != 0
        return true
    }

    /// A field that holds a moment, for the first time: a second one would have to be merged.
    fileprivate mutating func read(_ value: inout Google_Protobuf_Timestamp) -> Bool {
        guard let content = content() else { return false }
        var reader = MessageReader(content)
        var moment = Google_Protobuf_Timestamp()
        while !reader.isAtEnd {
            guard let tag = reader.tag(), let number = reader.varint() else { return false }
            switch tag {
            case 1 << 3: moment.seconds = Int64(bitPattern: number)
            case 2 << 3: moment.nanos = Int32(truncatingIfNeeded: number)
            default: return false
            }
        }
        value = moment
        return true
    }
}
