internal import SlotdAPI

// Every request that changes something carries an idempotency key. Those of records that clients
// replace as a whole are named beside their registration.

extension Slotd_V1_CreateOrganizationRequest: MutationRequest {}
extension Slotd_V1_UpdateOrganizationRequest: ScheduleRequest {}
extension Slotd_V1_UpdateOrganizationResponse: ScheduleReply {}
extension Slotd_V1_MoveBookingRequest: MutationRequest {}
extension Slotd_V1_HoldRequest: MutationRequest {}
extension Slotd_V1_ReleaseHoldRequest: MutationRequest {}
extension Slotd_V1_CreateBookingRequest: MutationRequest {}
extension Slotd_V1_RescheduleBookingRequest: MutationRequest {}
extension Slotd_V1_CancelBookingRequest: MutationRequest {}
extension Slotd_V1_StartProcedureRequest: MutationRequest {}
extension Slotd_V1_NewProcedureRequest: MutationRequest {}
extension Slotd_V1_SaveStepRequest: MutationRequest {}
extension Slotd_V1_SubmitProcedureRequest: MutationRequest {}
extension Slotd_V1_CompleteProcedureRequest: MutationRequest {}
extension Slotd_V1_AttachBookingRequest: MutationRequest {}
extension Slotd_V1_CreateBookingAndAttachRequest: MutationRequest {}
extension Slotd_V1_DetachBookingRequest: MutationRequest {}
extension Slotd_V1_MoveBookingsRequest: MutationRequest {}
extension Slotd_V1_UndoMoveRequest: MutationRequest {}
extension Slotd_V1_ArchiveBookingRequest: MutationRequest {}
extension Slotd_V1_RestoreBookingRequest: MutationRequest {}
extension Slotd_V1_DeleteBookingRequest: MutationRequest {}
extension Slotd_V1_SetDepositRequest: MutationRequest {}
extension Slotd_V1_SignProcedureRequest: MutationRequest {}
extension Slotd_V1_CancelProcedureRequest: MutationRequest {}
extension Slotd_V1_MarkProcedureInErrorRequest: MutationRequest {}
extension Slotd_V1_ReattachBookingRequest: MutationRequest {}
extension Slotd_V1_MarkBilledRequest: MutationRequest {}
extension Slotd_V1_VoidChargeRequest: MutationRequest {}
extension Slotd_V1_RenewHoldRequest: MutationRequest {}
extension Slotd_V1_CreateBookingGroupRequest: MutationRequest {}
extension Slotd_V1_RescheduleBookingGroupRequest: MutationRequest {}
extension Slotd_V1_PinResourcesRequest: MutationRequest {}
