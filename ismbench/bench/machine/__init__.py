"""What a run ran on: devices, versions, rates, and who holds a device."""
