// A gRPC C++ echo server: one completion queue served by one thread, with a pool of calls that
// wait for requests. This is the arrangement that gRPC's own performance guide recommends for an
// asynchronous server on one core (https://grpc.io/docs/guides/performance/).
//
// Usage: echo_server ADDRESS. Prints "ready ADDRESS" once it listens.

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <string>

#include "echo.grpc.pb.h"

namespace {

using peers::echo::Echo;
using peers::echo::EchoMessage;

// Calls that wait for a request at any time; more than the load ever has in flight.
constexpr int kWaitingCalls = 512;

// One call from its arrival to its answer. Then it makes way for a fresh one: a ServerContext
// serves once.
class Call {
 public:
  Call(Echo::AsyncService& service, grpc::ServerCompletionQueue& queue)
      : service_(service), queue_(queue), writer_(&context_) {
    service_.RequestSay(&context_, &request_, &writer_, &queue_, &queue_, this);
  }

  // The next event of this call. `ok` is false when the server shuts down.
  void Proceed(bool ok) {
    if (!ok || isAnswered_) {
      delete this;
      return;
    }
    new Call(service_, queue_);
    reply_.set_payload(std::move(*request_.mutable_payload()));
    isAnswered_ = true;
    writer_.Finish(reply_, grpc::Status::OK, this);
  }

 private:
  Echo::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  grpc::ServerContext context_;
  EchoMessage request_;
  EchoMessage reply_;
  grpc::ServerAsyncResponseWriter<EchoMessage> writer_;
  bool isAnswered_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s ADDRESS\n", argv[0]);
    return 2;
  }
  const std::string address = argv[1];

  Echo::AsyncService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::fprintf(stderr, "cannot listen on %s\n", address.c_str());
    return 1;
  }
  std::printf("ready %s\n", address.c_str());
  std::fflush(stdout);

  for (int waiting = 0; waiting < kWaitingCalls; ++waiting) new Call(service, *queue);
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) static_cast<Call*>(tag)->Proceed(ok);
  return 0;
}
