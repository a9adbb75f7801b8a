#pragma once
// Structured lines on standard error: time, level, event, then key=value. Ids, counts and codes
// only: no personal data, no secrets, no message text.
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace hearback::log {

enum class Level { debug, info, warn, error };

struct Field {
  std::string_view key;
  std::string value;
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  template <class N>
    requires std::is_arithmetic_v<N>
  Field(std::string_view k, N v) : key(k), value(std::to_string(v)) {}
  template <class Tag>
  Field(std::string_view k, const Id<Tag>& id) : key(k), value(id.text()) {}
  Field(std::string_view k, const Error& e) : key(k), value(e.code) {}
};

void set_level(Level level);
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> f = {}) {
  write(Level::debug, event, f);
}
inline void info(std::string_view event, std::initializer_list<Field> f = {}) {
  write(Level::info, event, f);
}
inline void warn(std::string_view event, std::initializer_list<Field> f = {}) {
  write(Level::warn, event, f);
}
inline void error(std::string_view event, std::initializer_list<Field> f = {}) {
  write(Level::error, event, f);
}

}  // namespace hearback::log
