enum ControlServerPlaceholder {}
