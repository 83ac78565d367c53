enum ServiceManagerPlaceholder {}
