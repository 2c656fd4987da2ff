#include "text/option_list.hpp"

#include <algorithm>

#include "text/field_text.hpp"

namespace forebay::core::text {
namespace {

Status wrong_entry(std::string_view option, std::string_view entry, const char* why) {
  return {FOREBAY_E_ARGUMENT,
          std::string(option) + ": " + quote_for_message(entry) + " " + std::string(why)};
}

class ListReader {
 public:
  ListReader(std::string_view option, std::string_view list) : option_(option), rest_(list) {}

  // The text up to the first of `ends` outside quotes, or to the end of the list.
  Result<OptionText> take(std::string_view ends) {
    skip_blanks();
    if (!rest_.empty() && rest_[0] == '"') return take_quoted(ends);
    const std::string_view text = trim_blanks(rest_.substr(0, rest_.find_first_of(ends)));
    rest_.remove_prefix(std::min(rest_.find_first_of(ends), rest_.size()));
    if (text.empty()) {
      return Status(FOREBAY_E_ARGUMENT, std::string(option_) +
                                            ": an entry is empty; write \"\" in quotes for the "
                                            "empty text, or take out the comma");
    }
    return OptionText{std::string(text), false};
  }
  // Goes past `separator` if it comes next.
  bool pass(char separator) {
    if (rest_.empty() || rest_[0] != separator) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view option() const { return option_; }

 private:
  void skip_blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t')) rest_.remove_prefix(1);
  }

  Result<OptionText> take_quoted(std::string_view ends) {
    const std::string_view all = rest_;
    OptionText out{{}, true};
    bool closed = false;
    for (rest_.remove_prefix(1); !rest_.empty() && !closed;) {
      const char byte = rest_[0];
      rest_.remove_prefix(1);
      const bool doubled = byte == '"' && !rest_.empty() && rest_[0] == '"';
      if (doubled) rest_.remove_prefix(1);
      closed = byte == '"' && !doubled;
      if (!closed) out.text.push_back(byte);
    }
    skip_blanks();
    if (closed && (rest_.empty() || ends.find(rest_[0]) != std::string_view::npos)) return out;
    return wrong_entry(option_, all,
                       "has quotes that do not enclose the entry; close them before the next "
                       "separator, and double a quote that belongs to the text");
  }

  std::string_view option_;
  std::string_view rest_;
};

}  // namespace

Result<std::vector<OptionText>> split_list(std::string_view option, std::string_view list) {
  std::vector<OptionText> entries;
  if (list.empty()) return entries;
  ListReader reader(option, list);
  do {
    FOREBAY_TRY_ASSIGN(OptionText entry, reader.take(","));
    entries.push_back(std::move(entry));
  } while (reader.pass(','));
  return entries;
}

Result<std::vector<OptionPair>> split_pairs(std::string_view option, std::string_view list) {
  std::vector<OptionPair> pairs;
  if (list.empty()) return pairs;
  ListReader reader(option, list);
  do {
    OptionPair pair;
    FOREBAY_TRY_ASSIGN(pair.key, reader.take(":,"));
    if (!reader.pass(':')) {
      return wrong_entry(option, pair.key.text,
                         "has no value; write it as a type or a name, a colon and the value");
    }
    FOREBAY_TRY_ASSIGN(pair.value, reader.take(","));
    pairs.push_back(std::move(pair));
  } while (reader.pass(','));
  return pairs;
}

}  // namespace forebay::core::text
