#pragma once
// For which companies something was committed since one last looked: what an engine wakes up by.
// Only a hint, like Store::on_commit; the truth is what the store answers.
#include <functional>
#include <mutex>
#include <set>

#include "store/store.hpp"

namespace hearback::store {

class Heard {
 public:
  // `wake` is called after each commit, on any thread, until this object is gone. It must not
  // block.
  Heard(Store& store, std::function<void()> wake);
  ~Heard();
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;

  // As if something had been committed for it.
  void add(CompanyId company);
  std::set<CompanyId> take();

 private:
  Store& store_;
  std::function<void()> wake_;
  std::mutex mutex_;
  std::set<CompanyId> companies_;  // guarded by mutex_
  int listener_;
};

}  // namespace hearback::store
