"""Decision tables (DMN): read, translated cell by cell to the closed language, decided under their hit policy, looked over."""
