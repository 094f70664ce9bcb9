"""Programs that send one event, whole and ready to run: what a producer copies to begin with.

Decides the languages and the client of each, and that all of them that speak to Kafka key by the customer and partition
as Java does. Knows
neither definitions nor where an example came from.
"""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from schemas.json_values import JsonObject


class Destination(NamedTuple):
    """Where an event goes."""

    bootstrap: str
    topic: str
    gateway: str
    """Address of the gateway."""


def snippet(language: str, event: JsonObject, to: Destination) -> str:
    """The program in one of ``LANGUAGES``, or the event itself as ``json``."""
    return _PROGRAMS[language](event, to)


def written(event: JsonObject) -> str:
    """The event in JSON, as a person reads it."""
    return json.dumps(event, indent=2, ensure_ascii=False)


def _json(event: JsonObject, to: Destination) -> str:
    del to
    return written(event) + "\n"


def _python(event: JsonObject, to: Destination) -> str:
    return f"""\
# pip install confluent-kafka
import json

from confluent_kafka import Producer

event = {python_literal(event)}

{python_sending("json.dumps(event)", to)}"""


def python_sending(value: str, to: Destination) -> str:
    """The end of a Python program: it sends ``event``, whose bytes are what the expression ``value`` gives."""
    return f"""\
producer = Producer(
    {{
        "bootstrap.servers": {_quoted(to.bootstrap)},
        "partitioner": "murmur2_random",  # as Java clients do
        "enable.idempotence": True,
    }}
)
failures = []
producer.produce(
    {_quoted(to.topic)},
    key=event["customer"]["source_id"],
    value={value},
    on_delivery=lambda error, message: failures.append(error) if error else None,
)
if producer.flush(30) or failures:
    raise SystemExit(f"not sent: {{failures or 'no answer'}}")
"""


def python_literal(value: object, indent: str = "") -> str:
    """A literal with one member a line, as a person writes it."""
    deeper = indent + "    "
    if isinstance(value, dict) and value:
        members = [
            f"{deeper}{_quoted(key)}: {python_literal(inner, deeper)},\n" for key, inner in value.items()
        ]
        return "{\n" + "".join(members) + indent + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{deeper}{python_literal(each, deeper)},\n" for each in value) + indent + "]"
    return _quoted(value) if isinstance(value, str) else repr(value)


def _java(event: JsonObject, to: Destination) -> str:
    text = written(event).replace("\\", "\\\\").replace("\n", "\n            ")
    return f"""\
// org.apache.kafka:kafka-clients
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class SendEvent {{
    public static void main(String[] arguments) throws Exception {{
        String event = \"\"\"
            {text}\"\"\";
        Map<String, Object> config = Map.of("bootstrap.servers", {_quoted(to.bootstrap)});
        StringSerializer strings = new StringSerializer();
        try (var producer = new KafkaProducer<>(config, strings, strings)) {{
            producer.send(new ProducerRecord<>({_quoted(to.topic)}, {_key(event)}, event)).get();
        }}
    }}
}}
"""


_GO_HEAD = """\
// go get github.com/confluentinc/confluent-kafka-go/v2
package main

import (
	"log"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)
"""


def _go(event: JsonObject, to: Destination) -> str:
    text = written(event).replace("`", "\\u0060")
    return f"""{_GO_HEAD}
const event = `{text}`

func main() {{
	producer, err := kafka.NewProducer(&kafka.ConfigMap{{
		"bootstrap.servers":  {_quoted(to.bootstrap)},
		"partitioner":        "murmur2_random", // as Java clients do
		"enable.idempotence": true,
	}})
	if err != nil {{
		log.Fatal(err)
	}}
	defer producer.Close()
	topic, answers := {_quoted(to.topic)}, make(chan kafka.Event, 1)
	err = producer.Produce(&kafka.Message{{
		TopicPartition: kafka.TopicPartition{{Topic: &topic, Partition: kafka.PartitionAny}},
		Key:            []byte({_key(event)}),
		Value:          []byte(event),
	}}, answers)
	if err != nil {{
		log.Fatal(err)
	}}
	if sent := (<-answers).(*kafka.Message); sent.TopicPartition.Error != nil {{
		log.Fatal(sent.TopicPartition.Error)
	}}
}}
"""


def _node(event: JsonObject, to: Destination) -> str:
    return f"""\
// npm install @confluentinc/kafka-javascript
const {{ Kafka }} = require("@confluentinc/kafka-javascript").KafkaJS;

const event = {written(event)};

async function main() {{
  const producer = new Kafka().producer({{
    "bootstrap.servers": {_quoted(to.bootstrap)},
    "partitioner": "murmur2_random", // as Java clients do
    "enable.idempotence": true,
  }});
  await producer.connect();
  await producer.send({{
    topic: {_quoted(to.topic)},
    messages: [{{ key: event.customer.source_id, value: JSON.stringify(event) }}],
  }});
  await producer.disconnect();
}}

main();
"""


def _curl(event: JsonObject, to: Destination) -> str:
    return f"""\
# through the gateway: tidemark gateway
curl --silent --show-error --fail-with-body --header 'Content-Type: application/json' \\
  --data-binary @- {to.gateway}/v1/events <<'EVENT'
{written(event)}
EVENT
"""


def _key(event: JsonObject) -> str:
    customer = event["customer"]
    assert isinstance(customer, dict)  # noqa: S101 - of an event that conforms
    return _quoted(str(customer["source_id"]))


def _quoted(text: str) -> str:
    """A literal that all of these languages read alike."""
    return json.dumps(text, ensure_ascii=False)


_PROGRAMS: Mapping[str, Callable[[JsonObject, Destination], str]] = {
    "json": _json,
    "python": _python,
    "java": _java,
    "go": _go,
    "node": _node,
    "curl": _curl,
}
LANGUAGES = tuple(_PROGRAMS)
"""What an event can be shown in."""
