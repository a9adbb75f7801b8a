#pragma once
// One value of any of so many kinds. Not a variant, which would have each file that makes one
// compile what moves, copies and destroys all the others: with eighty kinds that took longer than
// the file itself. What differs by kind is compiled where it is visited.
#include <any>
#include <concepts>
#include <cstddef>
#include <utility>

namespace hearback {

template <typename... Kinds>
class AnyOf {
 public:
  template <typename Kind>
  static constexpr bool has = (std::same_as<Kind, Kinds> || ...);

  template <typename Kind>
    requires has<Kind>
  AnyOf(Kind kind) : number_(number<Kind>()), held_(std::in_place_type<Kind>, std::move(kind)) {}

  // Null if it is of another kind.
  template <typename Kind>
    requires has<Kind>
  const Kind* as() const {
    return std::any_cast<Kind>(&held_);
  }
  template <typename Kind>
    requires has<Kind>
  Kind* as() {
    return std::any_cast<Kind>(&held_);
  }

  // Nothing may have been moved out of it.
  template <typename Visitor>
  void visit(const Visitor& visitor) const {
    using Visit = void (*)(const std::any&, const Visitor&);
    static constexpr Visit visits[] = {
        [](const std::any& one, const Visitor& of) { of(*std::any_cast<Kinds>(&one)); }...};
    visits[number_](held_, visitor);
  }

 private:
  template <typename Kind>
  static constexpr std::size_t number() {
    std::size_t number = 0;
    (void)((std::same_as<Kind, Kinds> || (++number, false)) || ...);
    return number;
  }

  std::size_t number_;
  std::any held_;
};

}  // namespace hearback
