//! A client on matrix-rust-sdk, the engine of Element X, that takes its orders as lines of JSON on its standard input
//! (testing/interop/puppet.ts). It knows the server by sliding sync alone.

use std::{future::Future, time::Duration};

use matrix_sdk::{
    Client, Room, RoomMemberships, RoomState,
    ruma::{
        OwnedRoomId, RoomId, UserId,
        api::client::room::create_room::v3::Request as CreateRoom,
        events::{
            EmptyStateKey, InitialStateEvent,
            room::{encryption::RoomEncryptionEventContent, message::RoomMessageEventContent},
        },
    },
    sliding_sync::VersionBuilder,
};
use matrix_sdk_ui::{
    sync_service::SyncService,
    timeline::{RoomExt, Timeline},
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

const PATIENCE_S: u64 = 50;

type Outcome = Result<Value, Box<dyn std::error::Error>>;

struct Puppet {
    client: Client,
    sync: SyncService,
    timelines: std::collections::HashMap<OwnedRoomId, Timeline>,
}

impl Puppet {
    async fn sign_in(order: &Value) -> Result<Self, Box<dyn std::error::Error>> {
        let client = Client::builder()
            .homeserver_url(text(order, "url"))
            .sliding_sync_version_builder(VersionBuilder::DiscoverNative)
            .build()
            .await?;
        let auth = client.matrix_auth();
        auth.login_username(text(order, "user"), text(order, "password"))
            .initial_device_display_name("rust")
            .send()
            .await?;
        let sync = SyncService::builder(client.clone()).build().await?;
        sync.start().await;
        Ok(Self { client, sync, timelines: Default::default() })
    }

    async fn create_room(&self, order: &Value) -> Outcome {
        let mut request = CreateRoom::new();
        request.name = Some(text(order, "name").to_owned());
        for invited in order["invite"].as_array().into_iter().flatten() {
            request.invite.push(UserId::parse(invited.as_str().unwrap_or_default())?);
        }
        if order["isEncrypted"] == true {
            let content = RoomEncryptionEventContent::with_recommended_defaults();
            let event = InitialStateEvent::new(EmptyStateKey, content);
            request.initial_state.push(event.to_raw_any());
        }
        let room = self.client.create_room(request).await?;
        self.joined(room.room_id()).await?;
        Ok(json!({ "roomId": room.room_id() }))
    }

    async fn join(&self, order: &Value) -> Outcome {
        let room_id = RoomId::parse(text(order, "roomId"))?;
        self.client.join_room_by_id(&room_id).await?;
        self.joined(&room_id).await?;
        Ok(json!({}))
    }

    /// The room, when the list of rooms has it as joined.
    async fn joined(&self, room_id: &RoomId) -> Result<Room, Box<dyn std::error::Error>> {
        let room = until("the joined room", async || {
            let room = self.client.get_room(room_id)?;
            (room.state() == RoomState::Joined && room.name().is_some()).then_some(room)
        })
        .await?;
        self.sync.room_list_service().subscribe_to_rooms(&[room_id]).await;
        Ok(room)
    }

    async fn sees(&self, order: &Value) -> Outcome {
        let room = self.joined(&RoomId::parse(text(order, "roomId"))?).await?;
        let other = UserId::parse(text(order, "userId"))?;
        until("the other in the room", async || {
            let members = room.members(RoomMemberships::JOIN).await.ok()?;
            members.iter().any(|member| member.user_id() == other).then_some(())
        })
        .await?;
        Ok(json!({}))
    }

    async fn timeline(&mut self, order: &Value) -> Result<&Timeline, Box<dyn std::error::Error>> {
        let room_id = RoomId::parse(text(order, "roomId"))?;
        if !self.timelines.contains_key(&room_id) {
            let timeline = self.joined(&room_id).await?.timeline().await?;
            self.timelines.insert(room_id.clone(), timeline);
        }
        Ok(&self.timelines[&room_id])
    }

    async fn say(&mut self, order: &Value) -> Outcome {
        let room = self.joined(&RoomId::parse(text(order, "roomId"))?).await?;
        room.send(RoomMessageEventContent::text_plain(text(order, "body"))).await?;
        Ok(json!({}))
    }

    async fn hears(&mut self, order: &Value) -> Outcome {
        let body = text(order, "body").to_owned();
        let timeline = self.timeline(order).await?;
        let was_encrypted = until("the message", async || {
            timeline.items().await.iter().filter_map(|item| item.as_event()).find_map(|event| {
                let is_it = event.content().as_message().is_some_and(|message| message.body() == body);
                is_it.then(|| event.encryption_info().is_some())
            })
        })
        .await?;
        Ok(json!({ "wasEncrypted": was_encrypted }))
    }

    async fn rooms(&self) -> Outcome {
        let mut names = Vec::new();
        for room in self.client.rooms() {
            names.push(room.display_name().await?.to_string());
        }
        Ok(json!({ "names": names }))
    }
}

fn text<'a>(order: &'a Value, name: &str) -> &'a str {
    order[name].as_str().unwrap_or_default()
}

async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    look: impl Fn() -> F,
) -> Result<T, Box<dyn std::error::Error>> {
    for _ in 0..PATIENCE_S * 20 {
        if let Some(found) = look().await {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("waited {PATIENCE_S} s for {what}").into())
}

async fn obey(puppet: &mut Option<Puppet>, order: &Value) -> Outcome {
    if order["do"] == "signIn" {
        let signed_in = Puppet::sign_in(order).await?;
        let user_id = signed_in.client.user_id().map(ToString::to_string);
        *puppet = Some(signed_in);
        return Ok(json!({ "userId": user_id }));
    }
    let puppet = puppet.as_mut().ok_or("sign in first")?;
    match text(order, "do") {
        "createRoom" => puppet.create_room(order).await,
        "join" => puppet.join(order).await,
        "sees" => puppet.sees(order).await,
        "say" => puppet.say(order).await,
        "hears" => puppet.hears(order).await,
        "rooms" => puppet.rooms().await,
        unknown => Err(format!("there is no order {unknown}").into()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut lines = BufReader::new(stdin()).lines();
    let mut puppet = None;
    while let Some(line) = lines.next_line().await? {
        let order = serde_json::from_str(&line)?;
        let answer = obey(&mut puppet, &order).await;
        println!("{}", answer.unwrap_or_else(|error| json!({ "error": error.to_string() })));
    }
    Ok(())
}
