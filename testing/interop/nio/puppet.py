"""A matrix-nio client that takes its orders as lines of JSON on its standard input (testing/interop/puppet.ts)."""

import asyncio
import json
import sys
import tempfile

from nio import AsyncClient, AsyncClientConfig, Event, MegolmEvent, RoomMessageText
from nio.crypto import ENCRYPTION_ENABLED

PATIENCE_S = 50


class Puppet:
    def __init__(self):
        self.client = None
        self.syncing = None
        self.heard = {}

    async def until(self, what, holds):
        for _ in range(PATIENCE_S * 20):
            if self.syncing is not None and self.syncing.done():
                self.syncing.result()
            value = holds()
            if value:
                return value
            await asyncio.sleep(0.05)
        raise TimeoutError(f"waited {PATIENCE_S} s for {what}")

    async def on_message(self, room, event):
        self.heard[(room.room_id, event.body)] = bool(event.decrypted)

    async def signIn(self, url, user, password):
        config = AsyncClientConfig(encryption_enabled=ENCRYPTION_ENABLED, store_sync_tokens=False)
        self.client = AsyncClient(url, user, store_path=tempfile.mkdtemp(prefix="nio-"), config=config)
        answered(await self.client.login(password, device_name="nio"))
        self.client.add_event_callback(self.on_message, RoomMessageText)
        first = asyncio.Event()

        async def on_sync(_):
            first.set()

        from nio import SyncResponse

        self.client.add_response_callback(on_sync, SyncResponse)
        self.syncing = asyncio.ensure_future(self.client.sync_forever(timeout=10_000, full_state=True))
        await self.until("the first sync", first.is_set)
        return {"userId": self.client.user_id}

    async def createRoom(self, name, invite, isEncrypted):
        state = []
        if isEncrypted:
            state.append({"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}})
        created = answered(await self.client.room_create(name=name, invite=invite, initial_state=state))
        await self.until("the new room", lambda: created.room_id in self.client.rooms)
        return {"roomId": created.room_id}

    async def join(self, roomId):
        answered(await self.client.join(roomId))
        await self.until("the joined room", lambda: roomId in self.client.rooms)
        return {}

    async def sees(self, roomId, userId):
        def joined():
            room = self.client.rooms.get(roomId)
            return room is not None and userId in room.users and userId not in room.invited_users

        await self.until(f"{userId} in the room", joined)
        return {}

    async def say(self, roomId, body):
        content = {"msgtype": "m.text", "body": body}
        answered(
            await self.client.room_send(roomId, "m.room.message", content, ignore_unverified_devices=True)
        )
        return {}

    async def hears(self, roomId, body):
        await self.until(f"the message, with {list(self.heard)} heard", lambda: (roomId, body) in self.heard)
        return {"wasEncrypted": self.heard[(roomId, body)]}

    async def rooms(self):
        return {"names": [room.display_name for room in self.client.rooms.values()]}


def answered(response):
    if "Error" in type(response).__name__:
        raise RuntimeError(str(response))
    return response


async def main():
    puppet = Puppet()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        try:
            answer = await getattr(puppet, order.pop("do"))(**order)
        except Exception as error:  # told to whoever gave the order
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


asyncio.run(main())
