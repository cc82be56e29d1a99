CREATE TABLE installation (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE installation IS
  'Facts about this installation as a whole, one a row: the organisation''s name, whether somebody has set it up.';
COMMENT ON COLUMN installation.key IS 'Name of the fact, in kebab-case.';
COMMENT ON COLUMN installation.value IS 'The fact as JSON. Never a secret and never what people write: those are ciphertext elsewhere.';
COMMENT ON COLUMN installation.changed_at IS 'When the fact was last set.';
