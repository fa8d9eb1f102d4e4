internal import Intervals
internal import Scheduling

// Records with every field set to something, sense or not: storage must carry it.

extension Seeded {
    /// A record of the kind; with the id given, or a new one.
    mutating func record(_ kind: RecordKind, id: UInt128? = nil) -> Record {
        switch kind {
        case .organization: .organization(profile(id))
        case .location: .location(location(id))
        case .provider: .provider(provider(id))
        case .service: .service(service(id))
        case .procedureType: .procedureType(procedureType(id))
        case .patient: .patient(patient(id))
        case .booking: .booking(booking(id))
        case .hold: .hold(hold(id))
        case .procedure: .procedure(procedure(id))
        case .attachment: .attachment(attachment(id))
        case .resource: .resource(resource(id))
        case .charge: .charge(charge(id))
        case .waitlistEntry: .waitlistEntry(waitlistEntry(id))
        }
    }

    private mutating func id<Record>(_ value: UInt128?) -> Identifier<Record> {
        value.map { Identifier(value: $0) } ?? id()
    }

    mutating func profile(_ value: UInt128? = nil) -> OrganizationProfile {
        var details = OrganizationProfile.Details()
        details.externalRef = text()
        details.name = text()
        details.activeProceduresPerSegment = int(0...5)
        details.noShowGrace = int(0...600)
        details.sharedBuffers = Set(list(0...3) { $0.one(of: ResourceKind.self) })
        details.patientOverlap = one(of: PatientOverlap.self)
        details.providersMayExtendHours = bool()
        details.defaults = serviceDefaults()
        details.createdAt = instant()
        details.stageAlerts = list(0...3) {
            StageAlert(stage: $0.one(of: Stage.self), minutes: $0.int(1...600))
        }
        details.noShowSweep = int(0...600)
        details.earlyFinishFrees = bool()
        details.cancellationFee = optional { $0.money() }
        details.refusesWrongService = bool()
        details.isProcedureOptional = bool()
        return OrganizationProfile(
            id: id(value), version: Int64(int(1...9)), details: details,
            testClock: optional { $0.instant() })
    }

    mutating func weekly() -> WeeklyInterval {
        let start = int(0...1439)
        guard
            let interval = WeeklyInterval(
                weekday: Int(int(1...7)), startMinute: start, endMinute: int(0...2880))
        else { preconditionFailure("in range") }
        return interval
    }

    mutating func location(_ value: UInt128?) -> Location {
        var details = Location.Details()
        details.externalRef = text()
        details.name = text()
        details.timeZone = text()
        details.hours = list(0...4) { $0.weekly() }
        details.days = list(0...3) { $0.day() }
        details.closures = list(0...3) { $0.closure() }
        details.defaults = serviceDefaults()
        details.dailyCap = int(0...100)
        details.isArchived = bool()
        return Location(id: id(value), version: Int64(int(1...9)), details: details)
    }

    mutating func provider(_ value: UInt128?) -> Provider {
        var details = Provider.Details()
        details.externalRef = text()
        details.name = text()
        details.isDisabled = bool()
        details.mdRequired = bool()
        details.schedules = list(0...3) { seeded in
            ProviderSchedule(
                location: seeded.id(), effectiveStart: seeded.optional { $0.date() },
                effectiveEnd: seeded.optional { $0.date() },
                hours: seeded.list(0...3) { $0.weekly() })
        }
        details.timeOff = list(0...3) { seeded in
            TimeOff(
                location: seeded.optional { $0.id() }, service: seeded.optional { $0.id() },
                startDate: seeded.date(),
                startMinute: seeded.int(0...1440), endDate: seeded.date(),
                endMinute: seeded.int(0...1440), note: seeded.text())
        }
        details.days = list(0...3) { ProviderDay(location: $0.id(), day: $0.day()) }
        details.dailyCap = int(0...100)
        return Provider(id: id(value), version: Int64(int(1...9)), details: details)
    }

    mutating func service(_ value: UInt128?) -> Service {
        var details = Service.Details()
        details.externalRef = text()
        details.name = text()
        details.durations = list(0...4) { $0.int(1...500) }
        details.rules = serviceDefaults()
        details.providers = list(0...3) { $0.id() }
        details.variants = list(0...3) { $0.variant() }
        details.processing = int(0...60)
        details.finishing = int(0...60)
        details.providerPhases = phases()
        details.requirements = list(0...3) { $0.requirement() }
        details.dailyCap = int(0...100)
        details.capacity = int(1...9)
        details.capacityRule = one(of: CapacityRule.self)
        details.isArchived = bool()
        details.price = optional { Price(amount: $0.money(), code: $0.text()) }
        return Service(id: id(value), version: Int64(int(1...9)), details: details)
    }

    mutating func procedureType(_ value: UInt128?) -> ProcedureType {
        var details = ProcedureType.Details()
        details.externalRef = text()
        details.name = text()
        details.services = list(0...3) { $0.id() }
        details.mdRequired = bool()
        details.stepCount = int(2...9)
        details.isArchived = bool()
        return ProcedureType(id: id(value), version: Int64(int(1...9)), details: details)
    }

    mutating func patient(_ value: UInt128?) -> Patient {
        var details = Patient.Details()
        details.externalRef = text()
        details.name = text()
        details.birthDate = optional { $0.date() }
        details.phone = text()
        details.email = text()
        return Patient(
            id: id(value), version: Int64(int(1...9)), details: details,
            mergedInto: optional { $0.id() })
    }

    mutating func segment() -> BookingSegment {
        let start = Minute(sinceEpoch: int(-20_000_000...60_000_000))
        guard let interval = Interval(start: start, minutes: int(1...3000)) else {
            preconditionFailure("in range")
        }
        var segment = BookingSegment(
            service: id(), provider: id(), anyProvider: bool(), interval: interval,
            bufferBefore: int(0...60), bufferAfter: int(0...60))
        segment.processing = int(0...60)
        segment.finishing = int(0...60)
        segment.providerPhases = phases()
        segment.uses = list(0...3) { $0.use() }
        segment.capacity = int(1...9)
        segment.capacityRule = one(of: CapacityRule.self)
        return segment
    }

    mutating func booking(_ value: UInt128?) -> Booking {
        var booking = Booking(
            id: id(value), version: Int64(int(1...9)), externalRef: text(), patient: id(),
            location: id(), stage: one(of: Stage.self), segments: list(1...3) { $0.segment() },
            timeZone: text(), utcOffset: int(-720...840), isWalkIn: bool(), note: text(),
            overrides: list(0...3) { $0.one(of: Reason.self) }, createdBy: text(),
            createdAt: instant(),
            cancellation: optional {
                Cancellation(
                    actor: $0.text(), at: $0.instant(), reason: $0.text(),
                    fee: $0.optional { $0.money() }, refund: $0.optional { $0.money() })
            },
            stageHistory: list(0...3) {
                StageChange(
                    stage: $0.one(of: Stage.self), at: $0.instant(), actor: $0.text(),
                    reason: $0.text(), isUndo: $0.bool())
            },
            deposit: optional {
                Deposit(amount: $0.money(), isPaid: $0.bool(), refunded: Int64($0.int(0...900)))
            },
            releasedAt: optional { Minute(sinceEpoch: $0.int(-9...60_000_000)) })
        booking.overrideNote = text()
        booking.overrideRole = text()
        booking.group = optional { $0.id() }
        return booking
    }

    mutating func hold(_ value: UInt128?) -> Hold {
        var hold = Hold(
            id: id(value), owner: text(), patient: optional { $0.id() }, location: id(),
            segments: list(1...3) { $0.segment() }, createdAt: instant(), expiresAt: instant())
        hold.moving = optional { $0.id() }
        hold.overrides = list(0...3) { $0.one(of: Reason.self) }
        hold.overrideNote = text()
        hold.overrideRole = text()
        hold.hasExpired = bool()
        return hold
    }

    mutating func procedure(_ value: UInt128?) -> Procedure {
        Procedure(
            id: id(value), version: Int64(int(1...9)), externalRef: text(), patient: id(),
            type: optional { $0.id() }, view: one(of: ProcedureView.self),
            status: one(of: ProcedureStatus.self), entry: one(of: ProcedureEntry.self),
            isConsultOnly: bool(), mdRequired: bool(),
            steps: list(0...3) {
                ProcedureStep(step: $0.int(3...9), payload: $0.bytes(), isDone: $0.bool())
            },
            startedAt: instant(), submittedAt: optional { $0.instant() },
            completedAt: optional { $0.instant() },
            signature: optional {
                Signature(actor: $0.text(), at: $0.instant(), permittedBy: $0.text())
            },
            ending: optional {
                ProcedureEnding(actor: $0.text(), at: $0.instant(), reason: $0.text())
            },
            bookingRescheduledAt: optional { $0.instant() })
    }

    mutating func attachment(_ value: UInt128?) -> Attachment {
        Attachment(
            id: id(value), procedure: id(), booking: id(), segment: int(1...3), attachedBy: text(),
            attachedAt: instant(), movedStageFrom: optional { $0.one(of: Stage.self) },
            detachment: optional {
                Detachment(
                    actor: $0.text(), at: $0.instant(), reason: $0.text(),
                    isSuperseded: $0.bool())
            })
    }

    mutating func money() -> Money {
        Money(minor: Int64(int(0...2_000_000_000)) * 1000, currency: text())
    }

    mutating func charge(_ value: UInt128?) -> Charge {
        Charge(
            id: id(value), version: Int64(int(1...9)), procedure: id(), booking: id(),
            segment: int(1...3), service: id(), code: text(), quantity: int(1...9),
            amount: money(), status: one(of: ChargeStatus.self), externalRef: text(),
            createdAt: instant(), billedAt: optional { $0.instant() }, voidReason: text())
    }

    mutating func waitlistEntry(_ value: UInt128?) -> WaitlistEntry {
        var entry = WaitlistEntry(
            id: id(value), patient: id(), location: id(),
            segments: list(1...3) { seeded in
                SegmentRequest(
                    service: seeded.id(), duration: seeded.optional { $0.int(1...500) },
                    providers: seeded.list(0...2) { $0.id() },
                    resources: seeded.list(0...2) { $0.id() })
            },
            earliest: Minute(sinceEpoch: int(-20_000_000...60_000_000)),
            latest: Minute(sinceEpoch: int(-20_000_000...60_000_000)), createdAt: instant())
        entry.version = Int64(int(1...9))
        entry.priority = int(-9...9)
        entry.offerSeconds = int(60...900)
        entry.note = text()
        entry.status = one(of: WaitlistStatus.self)
        entry.hold = optional { $0.id() }
        entry.booking = optional { $0.id() }
        entry.declined = list(0...3) { Minute(sinceEpoch: $0.int(-20_000_000...60_000_000)) }
        entry.createdBy = text()
        return entry
    }
}
