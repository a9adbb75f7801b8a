#include "api/http/sole_members.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace hearback::api {
namespace {

namespace json = boost::json;
using Code = boost::system::error_code;
using Text = json::string_view;

constexpr std::size_t kPathOctets = 100;

// What basic_parser tells, made into a value as json::parse does, and the names of the objects that
// are open. A set with an order: what is sent can't make it slow.
struct Maker {
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  struct Open {
    std::set<std::string, std::less<>> names;
    std::string latest;
  };
  json::value_stack values;
  std::vector<Open> open;
  std::string name;  // what has come of a name that comes in parts
  bool named_twice = false;

  bool on_document_begin(Code&) {
    values.reset();
    return true;
  }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t members, Code&) {
    open.pop_back();
    values.push_object(members);
    return true;
  }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t items, Code&) {
    values.push_array(items);
    return true;
  }
  bool on_key_part(Text part, std::size_t, Code&) {
    name.append(part.data(), part.size());
    values.push_chars(part);
    return true;
  }
  bool on_key(Text part, std::size_t, Code& stop) {
    name.append(part.data(), part.size());
    values.push_key(part);
    open.back().latest = name;
    named_twice = !open.back().names.insert(std::exchange(name, {})).second;
    if (named_twice) stop = make_error_code(boost::system::errc::invalid_argument);
    return !named_twice;
  }
  bool on_string_part(Text part, std::size_t, Code&) {
    values.push_chars(part);
    return true;
  }
  bool on_string(Text part, std::size_t, Code&) {
    values.push_string(part);
    return true;
  }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t number, Text, Code&) {
    values.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, Text, Code&) {
    values.push_uint64(number);
    return true;
  }
  bool on_double(double number, Text, Code&) {
    values.push_double(number);
    return true;
  }
  bool on_bool(bool truth, Code&) {
    values.push_bool(truth);
    return true;
  }
  bool on_null(Code&) {
    values.push_null();
    return true;
  }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

  std::string path() const {
    std::string path;
    for (const auto& object : open) {
      if (!path.empty()) path += ".";
      path += utf8_prefix(object.latest, kPathOctets);
    }
    return to_valid_utf8(utf8_prefix(path, kPathOctets));
  }
};

}  // namespace

ParsedJson parse_json(std::string_view text) {
  json::basic_parser<Maker> parser{json::parse_options()};
  Code wrong;
  const auto used = parser.write_some(false, text.data(), text.size(), wrong);
  auto& maker = parser.handler();
  if (maker.named_twice) return {ParsedJson::Is::named_twice, nullptr, maker.path()};
  if (wrong || used < text.size()) return {};
  return {ParsedJson::Is::well_formed, maker.values.release(), {}};
}

}  // namespace hearback::api
