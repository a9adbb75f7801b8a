#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "mail/header.hpp"
#include "mail/message_id.hpp"
#include "mail/text.hpp"

using namespace hearback;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto envelope = mail::read_envelope(text);
  if (!is_utf8(envelope.subject) || !is_utf8(envelope.message_id)) std::abort();
  for (auto& field : mail::header_fields(text))
    if (field.name.data() < text.data() ||
        field.body.data() + field.body.size() > text.data() + text.size())
      std::abort();
  auto decoded = mail::decode_words(text);
  if (!is_utf8(decoded)) std::abort();
  // What we write reads back.
  if (mail::decode_words(mail::encode_words(decoded, size % 90)) != decoded) std::abort();
  if (auto date = mail::parse_date(text))
    if (mail::parse_date(mail::format_date(*date)) != date) std::abort();
  mail::parse_message_ids(text, 9);
  return 0;
}
