"""Operations on a whole workflow: create, initialize, reset and wait for it."""
