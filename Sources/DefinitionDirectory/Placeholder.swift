enum DefinitionDirectoryPlaceholder {}
