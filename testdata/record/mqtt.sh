#!/bin/bash
# mosquitto and its clients: versions 3.1, 3.1.1 and 5, QoS 0 to 2, retained, will, properties, refusal -> mqtt (plain),
# mqtt-tls
. "$(dirname "$0")/lib.sh"
need mosquitto:mosquitto mosquitto_pub:mosquitto-clients cc:gcc openssl:openssl
enter "$@"
network
certificates
keylog
cat >mosquitto.conf <<'END'
per_listener_settings true
listener 1883
allow_anonymous true
listener 1884
allow_anonymous false
listener 8883
allow_anonymous true
certfile rsa.pem
keyfile rsa.key
END
chmod 755 "$work"
chmod 644 rsa.key
start broker server mosquitto -c mosquitto.conf
await listening server tcp 8883

talk() # OPTIONS...: a subscriber that gets four messages, and their publishers
{
    on client $keyed mosquitto_sub -h 198.51.100.20 "$@" -i reader -q 2 -t 'house/+/temperature' -t 'house/#' -C 4 \
        --will-topic house/reader --will-payload gone --will-qos 1 -k 5 >sub.log &
    local reader=$!
    sleep 0.3
    on client $keyed mosquitto_pub -h 198.51.100.20 "$@" -i writer -t house/kitchen/temperature -m 21.5
    on client $keyed mosquitto_pub -h 198.51.100.20 "$@" -i writer -q 1 -r -t house/hall/temperature -m 18.0
    on client $keyed mosquitto_pub -h 198.51.100.20 "$@" -i writer -q 2 -t house/door -m open
    on client $keyed mosquitto_pub -h 198.51.100.20 "$@" -i writer -q 2 -t house/door -n
    wait $reader
}
keyed=
capture mqtt client eth0 tcp
talk -V mqttv31
talk -V mqttv311
talk -V mqttv5 -D connect session-expiry-interval 60 -D connect user-property who test
on client mosquitto_pub -h 198.51.100.20 -V mqttv5 -i writer5 -q 1 -t house/five -m '{"on": true}' \
    -D publish content-type application/json -D publish user-property colour blue -D publish message-expiry-interval 30 \
    -D publish response-topic house/answers -D publish correlation-data 1234 -D publish topic-alias 1 \
    -D publish payload-format-indicator 1
try client mosquitto_pub -h 198.51.100.20 -p 1884 -V mqttv5 -i nobody -u user -P wrong -t house/door -m closed
try client mosquitto_pub -h 198.51.100.20 -p 1884 -V mqttv311 -i nobody -u user -P wrong -t house/door -m closed
try client timeout 2 mosquitto_sub -h 198.51.100.20 -i idler -c -k 5 -t 'house/+' -t unused -U unused -R -W 1
captured mqtt
keep mqtt
keyed=$(keys mqtt-tls)
capture mqtt-tls client eth0 tcp
talk -V mqttv5 -p 8883 --cafile ca.pem
captured mqtt-tls
keep mqtt-tls
