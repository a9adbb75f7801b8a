#pragma once
// The statements that a connection has prepared, by their text, as many as it may keep: some texts
// grow a shape for each length of a list or number of words, and whoever searches chooses that.
// Each costs the memory of its plan as long as the connection lives.
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace hearback::store {

// More than a day's work of any connection has (some 500 of a server in use): what is asked again
// and again isn't prepared again.
inline constexpr std::size_t kPreparedMost = 1000;

template <class Statement>
class Prepared {
 public:
  // Used now, so that others are dropped before it.
  Statement* find(std::string_view sql) {
    const auto found = by_text_.find(sql);
    if (found == by_text_.end()) return nullptr;
    used_.splice(used_.begin(), used_, found->second);
    return &found->second->second;
  }
  Statement& add(std::string_view sql, Statement statement) {
    used_.emplace_front(std::string(sql), std::move(statement));
    by_text_.emplace(used_.front().first, used_.begin());
    return used_.front().second;
  }
  // The one that wasn't used for longest, which is to go before another is added.
  std::optional<Statement> drop_one() {
    if (used_.size() < kPreparedMost) return std::nullopt;
    by_text_.erase(used_.back().first);
    std::optional<Statement> dropped(std::move(used_.back().second));
    used_.pop_back();
    return dropped;
  }
  void clear() {
    by_text_.clear();
    used_.clear();
  }

 private:
  using Used = std::list<std::pair<std::string, Statement>>;  // the last used first
  Used used_;
  std::unordered_map<std::string_view, typename Used::iterator> by_text_;  // texts of used_
};

}  // namespace hearback::store
