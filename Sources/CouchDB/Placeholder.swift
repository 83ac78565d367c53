enum CouchDBPlaceholder {}
