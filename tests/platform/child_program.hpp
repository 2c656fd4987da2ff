// The test binary as its own child: `--child <mode>` runs one of these and never returns to the
// tests.
#pragma once

namespace forebay::test {

// Descriptor number of the socket in every child.
inline constexpr int kReportSocket = 3;

// In mode "numbered" these hold files with their own number as content.
inline constexpr int kFirstNumbered = 4;
inline constexpr int kLastNumbered = 60;

int run_child(const char* mode);

}  // namespace forebay::test
