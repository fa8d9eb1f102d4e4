-- pgbench: one booking of a slot that nobody else takes, committed by itself.
--
-- Booking number i takes slot number (i * 611953) mod 960000 of 100 providers by 9600 quarter
-- hours, as `slotload book` does. The factor and the count have no common divisor, so the first
-- 960,000 bookings are all distinct, and they come scattered over the calendar. :clients and :n are
-- given on the command line; n counts a client's bookings.
\set slot ((:n * :clients + :client_id) * 611953) % 960000
\set n :n + 1
\set provider :slot % 100
\set minute (:slot / 100) * 15
INSERT INTO booking (patient_id, provider_id, service_id, during)
VALUES (:provider, :provider, 1, tstzrange(
    timestamptz '2027-01-01 00:00:00+00' + :minute * interval '1 minute',
    timestamptz '2027-01-01 00:15:00+00' + :minute * interval '1 minute'))
RETURNING id;
