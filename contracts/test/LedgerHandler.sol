// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {Admission, Disclosure, Kind, Listing, Parent, Terms} from "../src/Types.sol";
import {ILedger} from "./ILedger.sol";
import {MoodyMoney} from "./MoodyMoney.sol";

/// @dev Five people who mint, resell, open, chat, collect and withdraw at random.
contract LedgerHandler is Test {
    uint256 private constant PEOPLE = 5;

    ILedger private immutable WORKS;
    MoodyMoney private immutable MONEY;

    address[] public people;
    uint256[] public workIds;
    /// @dev How often each act took place: mint, resell, open, chat, collect, withdraw.
    uint256[6] public done;

    uint256[] private _keys;
    uint256 private _nextNonce;

    constructor(ILedger works, MoodyMoney money, address treasury) {
        (WORKS, MONEY) = (works, money);
        for (uint256 i; i < PEOPLE; ++i) {
            (address person, uint256 key) = makeAddrAndKey(string(abi.encodePacked("person", i)));
            people.push(person);
            _keys.push(key);
            vm.prank(person);
            money.approve(address(works), type(uint256).max);
        }
        people.push(treasury);
        _createWorks();
    }

    function peopleCount() external view returns (uint256) {
        return people.length;
    }

    function worksCount() external view returns (uint256) {
        return workIds.length;
    }

    // ------------------------------------------------------------------ acts

    function mint(uint256 work, uint256 who, uint256 quantity) external {
        (uint256 workId, address person) = (_work(work), _person(who));
        uint256 left = WORKS.work(workId).terms.editionCap - WORKS.work(workId).minted;
        if (left == 0) return;
        quantity = bound(quantity, 1, left < 5 ? left : 5);
        uint256 cost = quantity * WORKS.work(workId).terms.priceAtomic;
        MONEY.mint(person, cost);
        vm.prank(person);
        WORKS.mint(workId, quantity, person, cost);
        ++done[0];
    }

    function resell(uint256 work, uint256 from, uint256 to, uint256 quantity, uint48 price) external {
        (uint256 workId, address seller, address buyer) = (_work(work), _person(from), _person(to));
        uint256 held = WORKS.balanceOf(seller, workId);
        if (held == 0) return;
        Listing memory listing = Listing({
            seller: seller,
            workId: workId,
            quantity: bound(quantity, 1, held),
            priceAtomic: price,
            nonce: _nextNonce++,
            expiresAtSeconds: vm.getBlockTimestamp() + 1
        });
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keys[from % PEOPLE], WORKS.listingDigest(listing));
        MONEY.mint(buyer, price);
        vm.prank(buyer);
        WORKS.buy(listing, abi.encodePacked(r, s, v), buyer, price);
        ++done[1];
    }

    function open(uint256 work, uint256 who) external {
        (uint256 workId, address person) = (_work(work), _person(who));
        if (WORKS.balanceOf(person, workId) == 0) return;
        vm.prank(person);
        WORKS.openCopy(workId);
        ++done[2];
    }

    function chat(uint256 work, uint256 operator, uint64 amount) external {
        MONEY.mint(WORKS.splitterOf(_work(work), _person(operator)), amount);
        ++done[3];
    }

    function collect(uint256 work, uint256 operator) external {
        uint256[] memory ids = new uint256[](2);
        address[] memory operators = new address[](2);
        (ids[0], ids[1]) = (_work(work), _work(work % 2 + 1));
        (operators[0], operators[1]) = (_person(operator), _person(operator));
        if (WORKS.collectMany(ids, operators) != 0) ++done[4];
    }

    function withdraw(uint256 who) external {
        address person = people[who % people.length];
        if (WORKS.creditOf(person) == 0 || MONEY.moodFor(person) != MoodyMoney.Mood.Kind) return;
        vm.prank(person);
        WORKS.withdraw(person);
        ++done[5];
    }

    /// @dev Refused sellers are credited instead of paid.
    function setRefusal(uint256 who, bool refused) external {
        MONEY.setMood(_person(who), refused ? MoodyMoney.Mood.Reverts : MoodyMoney.Mood.Kind);
    }

    // ------------------------------------------------------------------ internal

    function _person(uint256 who) private view returns (address) {
        return people[who % PEOPLE];
    }

    function _work(uint256 work) private view returns (uint256) {
        return workIds[work % workIds.length];
    }

    /// @dev A work without parents, and one of another creator with that as its parent.
    function _createWorks() private {
        Terms memory terms = Terms({
            kind: Kind.Prompt,
            disclosure: Disclosure.Openable,
            admission: Admission.Bonded,
            editionCap: 40,
            priceAtomic: 3_333_333,
            resaleRoyaltyBps: 777,
            usageRoyaltyBps: 3333,
            maxTurnFeeAtomic: 0,
            maxInputPerMillionBytesAtomic: 0,
            maxOutputPerMillionBytesAtomic: 0
        });
        vm.prank(people[0]);
        workIds.push(WORKS.create("parent", terms, new Parent[](0), new address[](0), "content"));
        Parent[] memory parents = new Parent[](1);
        parents[0] = Parent(workIds[0], 1234);
        vm.prank(people[4]);
        workIds.push(WORKS.create("child", terms, parents, new address[](0), "content"));
    }
}
