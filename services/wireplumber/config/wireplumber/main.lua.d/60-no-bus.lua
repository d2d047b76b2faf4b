-- A show machine has no desktop: WirePlumber would end without a session bus.
alsa_monitor.properties["alsa.reserve"] = false
default_access.properties["enable-flatpak-portal"] = false
