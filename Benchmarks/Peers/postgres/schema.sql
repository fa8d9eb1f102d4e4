-- The usual way to keep bookings from overlapping in PostgreSQL: a range per booking, and an
-- exclusion constraint that lets no two ranges of one provider meet.
CREATE EXTENSION btree_gist;

CREATE TABLE booking (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id bigint NOT NULL,
    provider_id bigint NOT NULL,
    service_id bigint NOT NULL,
    during tstzrange NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    EXCLUDE USING gist (provider_id WITH =, during WITH &&)
);
