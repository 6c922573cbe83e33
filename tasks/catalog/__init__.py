"""What the store holds: records, quarantine, ledger, versions."""
