enum BlockingCallsPlaceholder {}
