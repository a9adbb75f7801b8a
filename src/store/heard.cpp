#include "store/heard.hpp"

#include <utility>

namespace hearback::store {

Heard::Heard(Store& store, std::function<void()> wake)
    : store_(store),
      wake_(std::move(wake)),
      listener_(store_.on_commit([this](CompanyId company, std::uint64_t) { add(company); })) {}

Heard::~Heard() { store_.forget(listener_); }

void Heard::add(CompanyId company) {
  {
    std::lock_guard lock(mutex_);
    companies_.insert(company);
  }
  wake_();
}

std::set<CompanyId> Heard::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(companies_, {});
}

}  // namespace hearback::store
