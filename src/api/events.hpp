#pragma once
// Wakes event streams when their company's feed has moved.
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "net/env.hpp"
#include "store/store.hpp"

namespace hearback::api {

struct House;

// A position in the feed as a reader carries it: only this server can read it, and only as theirs.
// How far the feed has got says how much others do (SEE-4).
std::string mark_of(House& house, CompanyId company, UserId user, std::uint64_t position);

class Feed {
 public:
  explicit Feed(store::Store& store);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Notifies `signal` after each commit of the company until the listener is gone.
  class Listener {
   public:
    Listener(std::shared_ptr<Feed> feed, CompanyId company, UserId user, net::Signal& signal);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

   private:
    std::shared_ptr<Feed> feed_;
    CompanyId company_;
    UserId user_;
    net::Signal& signal_;
  };
  std::size_t streams_of(UserId user);

 private:
  void wake(CompanyId company);

  store::Store& store_;
  int subscription_ = 0;
  std::mutex mutex_;
  std::unordered_map<CompanyId, std::vector<net::Signal*>> signals_;
  std::unordered_map<UserId, std::size_t> streams_;
};

}  // namespace hearback::api
