using System.Text.Json;
using Commerce.EventStore;
using Commerce.Outcomes;
using MediatR;
using Microsoft.AspNetCore.Http;

namespace Commerce.Web;

/// <summary>
/// The one step between an endpoint and its handler: sends the command or query, and turns its outcome into the answer. Under an idempotency key
/// the answer is rendered inside the event store's transaction and sent from what stands recorded there.
/// </summary>
public sealed class Dispatcher
{
    private readonly IMediator _mediator;
    private readonly CallContext _call;
    private readonly RequestEdge _edge;
    private readonly IEventStore _store;
    private readonly LastCommit _lastCommit;
    private readonly JsonSerializerOptions _json;

    internal Dispatcher(IMediator mediator, CallContext call, RequestEdge edge, IEventStore store, LastCommit lastCommit, JsonSerializerOptions json)
    {
        _mediator = mediator;
        _call = call;
        _edge = edge;
        _store = store;
        _lastCommit = lastCommit;
        _json = json;
    }

    /// <summary>Who calls.</summary>
    public Caller Caller => _edge.Caller;

    /// <summary>The version that <c>If-Match</c> names; null when there is none or it is <c>*</c>. A malformed one never gets this far.</summary>
    public long? IfMatch => _edge.IfMatch;

    /// <summary>The secret of a guest's order or cart: header <c>X-Guest-Token</c> or query <c>accessToken</c>.</summary>
    public string? GuestSecret => _edge.GuestSecret;

    /// <summary>Sends a command or query and answers with its outcome.</summary>
    /// <param name="request">The command or query.</param>
    /// <param name="respond">The shape of the success.</param>
    /// <param name="cancellationToken">The request's end.</param>
    public async Task<IResult> SendAsync<T>(IRequest<Outcome<T>> request, Responder<T> respond, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(respond);
        if (_call.Idempotency is { } key)
        {
            key.Render = outcome => Render(Typed<T>(outcome), respond).ToRecord();
        }

        var outcome = await _mediator.Send(request, cancellationToken);
        if (_call.Idempotency is null)
        {
            return Sent(Render(outcome, respond));
        }

        if (_call.Recorded is null)
        {
            // No decision ran, so nothing was recorded yet: a refusal that was known before, or a command without events.
            var reply = Render(outcome, respond);
            if (outcome.Refusal is IdempotencyKeyReused || reply.ToRecord() is not { } record)
            {
                return Sent(reply);
            }

            var kept = await _store.RecordAsync(record, _call, cancellationToken);
            if (_call.Recorded is null)
            {
                return Sent(kept.IsSuccess ? reply : Problem(kept.Refusal));
            }
        }

        return Sent(Reply.From(_call.Recorded, _call.Replayed));
    }

    /// <summary>The problem document of a refusal, for the few endpoints that stream their answer themselves.</summary>
    public IResult Refuse(Refusal refusal) => Problem(refusal);

    private static Outcome<T> Typed<T>(object outcome) =>
        outcome is Outcome<T> typed
            ? typed
            : throw new InvalidOperationException(
                $"The handler decided on {outcome.GetType()} and answers {typeof(Outcome<T>)}: decide on what is answered, because the answer is recorded in the decision's transaction.");

    private Reply Render<T>(Outcome<T> outcome, Responder<T> respond) => outcome.IsSuccess ? respond.Render(outcome.Value, _json) : Problem(outcome.Refusal);

    private Reply Problem(Refusal refusal) => Problems.Reply(refusal, _edge.TraceId, _json);

    private Reply Sent(Reply reply)
    {
        if (_call.Written is { } written)
        {
            reply.ConsistencyToken = written.ToString();
        }
        else if (_edge.Writes && reply.Status < 300)
        {
            reply.ConsistencyToken = _lastCommit.Position.ToString();
        }

        return reply;
    }
}
