-- When the latest event arrived, in microseconds since 1970; 0 when there is none.
SELECT coalesce(max(epoch_us(received_at)), 0) FROM events;
