#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/env.hpp"

namespace hearback::fakes {

// The web: what lies at which host and path; everything else is 404, other hosts refuse.
struct Web {
  std::map<std::string, std::map<std::string, std::string>> files;
  std::vector<std::string> asked;  // "host/path"
  int dialed = 0;

  struct Server final : protocols::Connection {
    Server(Web& of, std::string name) : web(of), host(std::move(name)) {}
    Task<protocols::Outcome> perform(protocols::Action action) override {
      protocols::Outcome outcome;
      if (auto* write = std::get_if<protocols::Write>(&action)) {
        const auto path = write->bytes.substr(4, write->bytes.find(" HTTP") - 4);
        web.asked.push_back(host + path);
        const auto& here = web.files.at(host);
        const auto file = here.find(path);
        const auto body = file == here.end() ? "" : file->second;
        answer = std::string(file == here.end() ? "HTTP/1.1 404 No" : "HTTP/1.1 200 OK") +
                 "\r\nContent-Type: image/png\r\nContent-Length: " + std::to_string(body.size()) +
                 "\r\n\r\n" + body;
      } else {
        outcome.bytes = std::exchange(answer, {});
      }
      co_return outcome;
    }
    void interrupt() override {}
    void close() override {}
    Web& web;
    std::string host, answer;
  };

  std::unique_ptr<protocols::Connection> dial(const net::Endpoint& endpoint) {
    ++dialed;
    EXPECT_EQ(endpoint.security, net::Security::tls);
    if (!files.contains(endpoint.host)) return nullptr;
    return std::make_unique<Server>(*this, endpoint.host);
  }
};

}  // namespace hearback::fakes
