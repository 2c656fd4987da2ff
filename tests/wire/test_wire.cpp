#include "wire/wire.hpp"

#include <array>
#include <random>

#include "support/check.hpp"

using namespace forebay::core;

namespace {

std::vector<std::byte> bytes_of(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

void test_a_message_is_what_was_sent() {
  wire::Publish sent{};
  sent.task = 7;
  sent.lease = 9;
  sent.rows = UINT64_MAX;
  const std::vector<std::byte> packet = bytes_of(wire::encode(sent));
  REQUIRE(wire::check(packet) == wire::Type::publish);
  const auto got = wire::decode<wire::Publish>(packet);
  CHECK_EQ(got.task, 7U);
  CHECK_EQ(got.lease, 9U);
  CHECK_EQ(got.rows, UINT64_MAX);
}

void test_a_wrong_header_or_length_is_no_message() {
  wire::Done sent{};
  std::vector<std::byte> packet = bytes_of(wire::encode(sent));
  CHECK(wire::check(packet).has_value());
  for (std::size_t cut = 0; cut < packet.size(); ++cut)
    CHECK(!wire::check(std::span(packet).first(cut)));
  packet.push_back(std::byte{0});
  CHECK(!wire::check(packet));
  packet.pop_back();
  for (const std::size_t byte : {0U, 4U, 8U, 12U}) {
    std::vector<std::byte> wrong = packet;
    wrong[byte] ^= std::byte{0x40};
    CHECK(!wire::check(wrong));
  }
}

void test_a_failure_travels_whole_and_untrusted_parts_are_made_safe() {
  ErrorDetail detail;
  detail.message = std::string(5000, 'x');
  detail.line = 3;
  detail.byte = 99;
  detail.column = 2;
  wire::Fail fail = wire::make_fail(4, Status(FOREBAY_E_VALUE, detail));
  CHECK_EQ(fail.text_bytes, wire::kMaxText);
  Status got = wire::status_of(fail);
  CHECK_EQ(got.code(), FOREBAY_E_VALUE);
  CHECK_EQ(got.detail().line, 3U);
  CHECK_EQ(got.detail().byte, 99U);
  CHECK_EQ(got.detail().column, 2U);
  fail.code = 12345;
  fail.text_bytes = UINT32_MAX;
  fail.text[0] = '\n';
  got = wire::status_of(fail);
  CHECK_EQ(got.code(), FOREBAY_E_PROTOCOL);
  CHECK_EQ(got.message().size(), wire::kMaxText);
  CHECK_EQ(got.message()[0], '?');
}

void test_a_note_is_cut_between_characters_and_made_safe() {
  std::string text(wire::kMaxText - 1, 'x');
  text += "\u00e4";
  wire::Log log = wire::make_log(4, 2, text);
  CHECK_EQ(log.text_bytes, wire::kMaxText - 1);
  CHECK(wire::text_of(log) == std::string(wire::kMaxText - 1, 'x'));
  log = wire::make_log(0, 1, "");
  CHECK(wire::text_of(log).empty());
  log = wire::make_log(0, 1, "a\nb\tc");
  CHECK(wire::text_of(log) == "a?b\tc");
  log.text_bytes = UINT32_MAX;
  CHECK_EQ(wire::text_of(log).size(), wire::kMaxText);
}

void test_a_reject_is_cut_between_characters_and_made_safe() {
  ErrorDetail detail;
  detail.message = "why";
  detail.line = 3;
  detail.byte = 99;
  detail.column = 2;
  // An umlaut across the limit.
  const std::string line = std::string(wire::kMaxRejectText - 1, 'x') + "\xc3\xa4";
  wire::Reject reject = wire::make_reject(4, Status(FOREBAY_E_COLUMNS, detail), line);
  CHECK_EQ(reject.text_bytes, wire::kMaxRejectText - 1);
  std::string text;
  Status got = wire::status_of(reject, &text);
  CHECK_EQ(got.code(), FOREBAY_E_COLUMNS);
  CHECK_EQ(got.detail().line, 3U);
  CHECK_EQ(got.detail().byte, 99U);
  CHECK_EQ(got.detail().column, 2U);
  CHECK_EQ(got.message(), std::string("why"));
  CHECK_EQ(text, std::string(wire::kMaxRejectText - 1, 'x'));
  reject.code = 12345;
  reject.reason_bytes = reject.text_bytes = UINT32_MAX;
  reject.text[0] = '\x1b';
  reject.text[1] = '\t';
  got = wire::status_of(reject, &text);
  CHECK_EQ(got.code(), FOREBAY_E_PROTOCOL);
  CHECK_EQ(got.message().size(), wire::kMaxRejectText);
  CHECK_EQ(text.substr(0, 3), std::string("?\tx"));
}

wire::Config sample_config() {
  wire::Config config;
  config.dtype = "a:i4,b:f8";
  config.comment = "##";
  config.columns = "1,2";
  config.custom = std::string("\0x", 2);
  config.delimiter = ',';
  config.block_rows = 10;
  config.split_bytes = 4096;
  config.segment_bytes = 1U << 20U;
  config.on_error = wire::OnError::null;
  config.values.na = "NA,-";
  config.values.fill = "i4:-1";
  config.values.true_words = "yes";
  config.values.false_words = "no";
  config.values.decimal = ',';
  config.values.thousands = '.';
  config.values.percent = Percent::fraction;
  config.values.encoding = Encoding::utf8;
  config.values.hex = true;
  config.values.truncate = true;
  config.layout = 2;
  return config;
}

void test_a_configuration_is_what_was_sent_and_no_part_of_one_is_taken() {
  const std::vector<std::byte> bytes = wire::encode_config(sample_config());
  auto got = wire::decode_config(bytes);
  REQUIRE(got.is_ok());
  CHECK_EQ(got->dtype, "a:i4,b:f8");
  CHECK_EQ(got->comment, "##");
  CHECK_EQ(got->columns, "1,2");
  CHECK_EQ(got->custom, std::string("\0x", 2));
  CHECK_EQ(got->segment_bytes, 1U << 20U);
  CHECK(got->on_error == wire::OnError::null);
  CHECK(got->values == sample_config().values);
  CHECK_EQ(got->layout, 2U);
  for (const std::uint32_t layout : {0U, 3U}) {
    wire::Config unknown = sample_config();
    unknown.layout = layout;
    CHECK_EQ(wire::decode_config(wire::encode_config(unknown)).code(), FOREBAY_E_PROTOCOL);
  }
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    CHECK(!wire::decode_config(std::span(bytes).first(cut)).is_ok());
  }
}

void test_a_damaged_configuration_never_reads_outside_itself() {
  constexpr std::uint32_t kSeed = 20240607;
  std::mt19937 random(kSeed);
  const std::vector<std::byte> bytes = wire::encode_config(sample_config());
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> damaged = bytes;
    const int flips = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < flips; ++i)
      damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    auto got = wire::decode_config(damaged);
    if (got.is_ok())
      CHECK(got->dtype.size() + got->comment.size() + got->columns.size() + got->custom.size() +
                got->values.na.size() + got->values.fill.size() <
            bytes.size());
  }
}

void test_the_texts_of_a_guess_are_what_was_sent_and_checked() {
  const std::string bytes = wire::encode_sniff_texts({"a:i4", "#", "NA,\"\"", {"one", "two"}});
  const auto texts = wire::decode_sniff_texts(bytes);
  REQUIRE(texts.is_ok());
  CHECK_EQ(texts.value().dtype, "a:i4");
  CHECK_EQ(texts.value().comment, "#");
  CHECK_EQ(texts.value().na, "NA,\"\"");
  CHECK_EQ(texts.value().notes.size(), 2U);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto part = wire::decode_sniff_texts(std::string_view(bytes).substr(0, size));
    CHECK(!part.is_ok() || part.value().notes.size() < 2);
  }
  CHECK(!wire::decode_sniff_texts(std::string(3, '\n')).is_ok());
  CHECK(!wire::decode_sniff_texts(std::string("a\x1b\0\0\0", 5)).is_ok());
  CHECK(!wire::decode_sniff_texts(std::string(5000, '\0')).is_ok());
}

void test_a_sniff_request_is_what_was_sent_and_no_part_of_one_is_taken() {
  wire::SniffRequest request;
  request.delimiter = ';';
  request.comment = "//";
  request.has_comment = 1;
  request.na = "NA";
  request.also_at = 77;
  const std::string bytes = wire::encode_sniff_request(request);
  const auto got = wire::decode_sniff_request(bytes);
  REQUIRE(got.is_ok());
  CHECK_EQ(got.value().delimiter, std::uint32_t{';'});
  CHECK_EQ(got.value().quote, wire::SniffRequest::kUnknown);
  CHECK_EQ(got.value().comment + got.value().na, "//NA");
  CHECK_EQ(got.value().also_at, 77U);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(!wire::decode_sniff_request(std::string_view(bytes).substr(0, size)).is_ok());
  CHECK(!wire::decode_sniff_request(bytes + "x").is_ok());
}

}  // namespace

int main() {
  const struct CMUnitTest tests[] = {
      CHECK_TEST(test_a_message_is_what_was_sent),
      CHECK_TEST(test_a_wrong_header_or_length_is_no_message),
      CHECK_TEST(test_a_failure_travels_whole_and_untrusted_parts_are_made_safe),
      CHECK_TEST(test_a_note_is_cut_between_characters_and_made_safe),
      CHECK_TEST(test_a_reject_is_cut_between_characters_and_made_safe),
      CHECK_TEST(test_a_configuration_is_what_was_sent_and_no_part_of_one_is_taken),
      CHECK_TEST(test_a_damaged_configuration_never_reads_outside_itself),
      CHECK_TEST(test_the_texts_of_a_guess_are_what_was_sent_and_checked),
      CHECK_TEST(test_a_sniff_request_is_what_was_sent_and_no_part_of_one_is_taken),
  };
  return cmocka_run_group_tests(tests, nullptr, nullptr);
}
