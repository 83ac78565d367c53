enum ServiceModelPlaceholder {}
