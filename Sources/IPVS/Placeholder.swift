enum IPVSPlaceholder {}
