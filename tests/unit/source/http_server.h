//! A web server for one test: answers on 127.0.0.1 with what a function says, or talks as badly as a function likes. One
//! thread per connection, gone with it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/check.h"

namespace cm::test {

class HttpServer {
 public:
  //! Path -> whole answer, head and body. An empty answer closes the connection without one.
  using Answer = std::function<std::string(const std::string& path)>;

  //! One request's head, and the wire it came by.
  class Talk {
   public:
    std::string path, head;
    //! False once the other side is gone, or the server is ending.
    bool send(const std::string& text) const {
      for (size_t done = 0; done < text.size();) {
        const ssize_t n = ::send(fd_, text.data() + done, text.size() - done, MSG_NOSIGNAL);
        if (n <= 0) return false;
        done += static_cast<size_t>(n);
      }
      return true;
    }
    //! Says nothing until the other side has gone.
    void waitUntilLeft() const {
      char byte;
      while (::read(fd_, &byte, 1) > 0) {
      }
    }
    //! The value of a line of the head; empty where it is absent.
    std::string header(const std::string& name) const {
      const size_t at = head.find("\r\n" + name + ": ");
      if (at == std::string::npos) return {};
      const size_t from = at + name.size() + 4;
      return head.substr(from, head.find("\r\n", from) - from);
    }

   private:
    friend class HttpServer;
    int fd_ = -1;
  };
  //! Sends what it likes; the connection is closed where it returns false.
  using Talker = std::function<bool(const Talk&)>;

  explicit HttpServer(Answer answer)
      : HttpServer(Talker([answer = std::move(answer)](const Talk& talk) {
          const std::string text = answer(talk.path);
          return !text.empty() && talk.send(text);
        })) {}
  explicit HttpServer(Talker talker) : talker_(std::move(talker)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CM_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(listener_, 64) == 0, "bind");
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept(); });
  }
  ~HttpServer() {
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    std::unique_lock lock(mutex_);
    for (int fd : open_) ::shutdown(fd, SHUT_RDWR);
    left_.wait(lock, [&] { return open_.empty(); });
    ::close(listener_);
  }
  std::string uri(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  //! Ever accepted; open now.
  size_t connections() const {
    std::lock_guard lock(mutex_);
    return accepted_;
  }
  size_t openConnections() const {
    std::lock_guard lock(mutex_);
    return open_.size();
  }

  static std::string ok(const std::string& body, const std::string& headers = {}) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
  }
  static std::string status(int code) {
    return "HTTP/1.1 " + std::to_string(code) + " x\r\nContent-Length: 4\r\n\r\noops";
  }

 private:
  void accept() {
    while (true) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      std::lock_guard lock(mutex_);
      ++accepted_;
      open_.insert(fd);
      std::thread([this, fd] {
        serve(fd);
        std::lock_guard gone(mutex_);
        ::close(fd);
        open_.erase(fd);
        left_.notify_all();  // with the lock held: the server may end at once
      }).detach();
    }
  }
  void serve(int fd) {
    std::string received;
    char buffer[4096];
    while (true) {
      const size_t end = received.find("\r\n\r\n");
      if (end == std::string::npos) {
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n <= 0) return;
        received.append(buffer, static_cast<size_t>(n));
        continue;
      }
      Talk talk;
      talk.fd_ = fd;
      talk.head = received.substr(0, end + 2);
      const size_t from = received.find(' ') + 1;
      talk.path = received.substr(from, received.find(' ', from) - from);
      received.erase(0, end + 4);
      if (!talker_(talk)) return;
    }
  }

  Talker talker_;
  int listener_ = -1;
  int port_ = 0;
  std::thread accepting_;
  mutable std::mutex mutex_;
  std::condition_variable left_;
  std::set<int> open_;
  size_t accepted_ = 0;
};

}  // namespace cm::test
