-- The banner as a phone, and what is done with a call besides talking.

-- A telephone number that is rung while the operator's browser cannot be reached.
ALTER TABLE operators ADD COLUMN phone_fallback TEXT NOT NULL DEFAULT '';
-- Members may take a call that rings at a colleague.
ALTER TABLE groups ADD COLUMN pick_up INTEGER NOT NULL DEFAULT 0;
-- The banner tells an operator that a supervisor listens.
ALTER TABLE centres ADD COLUMN show_listening INTEGER NOT NULL DEFAULT 1;
