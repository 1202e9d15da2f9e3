"""Studies shipped in the package, a YAML file each, run by name: `sweep run demo`."""
