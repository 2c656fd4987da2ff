// The test binary as its own child: `--child <mode>` runs one of these and never returns to the
// tests.
#pragma once

namespace forebay::test {

// Descriptor number of the socket in every child.
inline constexpr int kReportSocket = 3;

int run_child(const char* mode);

}  // namespace forebay::test
