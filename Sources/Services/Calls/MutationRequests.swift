internal import SlotdAPI

// Every request that changes something carries an idempotency key.

extension Slotd_V1_CreateOrganizationRequest: MutationRequest {}
extension Slotd_V1_UpdateOrganizationRequest: MutationRequest {}
extension Slotd_V1_MoveBookingRequest: MutationRequest {}
extension Slotd_V1_HoldRequest: MutationRequest {}
extension Slotd_V1_ReleaseHoldRequest: MutationRequest {}
extension Slotd_V1_CreateBookingRequest: MutationRequest {}
extension Slotd_V1_RescheduleBookingRequest: MutationRequest {}
extension Slotd_V1_CancelBookingRequest: MutationRequest {}
extension Slotd_V1_CreateLocationRequest: MutationRequest {}
extension Slotd_V1_UpdateLocationRequest: MutationRequest {}
extension Slotd_V1_CreateProviderRequest: MutationRequest {}
extension Slotd_V1_UpdateProviderRequest: MutationRequest {}
extension Slotd_V1_CreateServiceRequest: MutationRequest {}
extension Slotd_V1_UpdateServiceRequest: MutationRequest {}
extension Slotd_V1_CreateProcedureTypeRequest: MutationRequest {}
extension Slotd_V1_UpdateProcedureTypeRequest: MutationRequest {}
extension Slotd_V1_CreatePatientRequest: MutationRequest {}
extension Slotd_V1_UpdatePatientRequest: MutationRequest {}
extension Slotd_V1_StartProcedureRequest: MutationRequest {}
extension Slotd_V1_NewProcedureRequest: MutationRequest {}
extension Slotd_V1_SaveStepRequest: MutationRequest {}
extension Slotd_V1_SubmitProcedureRequest: MutationRequest {}
extension Slotd_V1_CompleteProcedureRequest: MutationRequest {}
extension Slotd_V1_AttachBookingRequest: MutationRequest {}
extension Slotd_V1_CreateBookingAndAttachRequest: MutationRequest {}
extension Slotd_V1_DetachBookingRequest: MutationRequest {}
