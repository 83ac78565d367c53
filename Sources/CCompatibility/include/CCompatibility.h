#pragma once
// What Swift's library wants of a newer glibc than the oldest that the programs run with (2.34: Enterprise Linux 9).
// It is found by the linker; nothing here is called by name.
