public import Scheduling

/// One command of a random stream, of any kind that clients send.
public enum RandomCommand: Sendable {
    case createBooking(CreateBooking)
    case reschedule(RescheduleBooking)
    case cancel(CancelBooking)
    case move(MoveBooking)
    case hold(PlaceHold)
    case release(ReleaseHold)
    case sweep(SweepHolds)
    case start(StartProcedure)
    case new(NewProcedure)
    case attach(AttachBooking)
    case createAndAttach(CreateBookingAndAttach)
    case detach(DetachBooking)
    case save(SaveStep)
    case submit(SubmitProcedure)
    case complete(CompleteProcedure)
    case importBooking(ImportBooking)
    case importProcedure(ImportProcedure)
    case updateProvider(UpdateRecord<Provider>)
    case updateService(UpdateRecord<Service>)
    case updateLocation(UpdateRecord<Location>)
}

extension Sandbox {
    /// Performs a random command. What it would have told its caller is dropped; `lastEvent` tells
    /// what it changed.
    public mutating func perform(_ command: RandomCommand) throws(Rejection) {
        switch command {
        case .createBooking(let command): try perform(command)
        case .reschedule(let command): try perform(command)
        case .cancel(let command): try perform(command)
        case .move(let command): try perform(command)
        case .hold(let command): try perform(command)
        case .release(let command): try perform(command)
        case .sweep(let command): try perform(command)
        case .start(let command): try perform(command)
        case .new(let command): try perform(command)
        case .attach(let command): try perform(command)
        case .createAndAttach(let command): try perform(command)
        case .detach(let command): try perform(command)
        case .save(let command): try perform(command)
        case .submit(let command): try perform(command)
        case .complete(let command): try perform(command)
        case .importBooking(let command): try perform(command)
        case .importProcedure(let command): try perform(command)
        case .updateProvider(let command): try perform(command)
        case .updateService(let command): try perform(command)
        case .updateLocation(let command): try perform(command)
        }
    }
}
