-- Bluetooth needs the system bus, and WirePlumber would end without logind.
bluez_monitor.enabled = false
