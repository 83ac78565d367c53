#pragma once
// Symbols that Swift's library needs from a newer glibc than the oldest supported one (2.34: Enterprise Linux 9).
// The linker finds them; nothing here is called by name.
