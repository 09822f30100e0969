// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {Errors} from "../src/Errors.sol";
import {IKeyNetwork} from "../src/interfaces/IKeyNetwork.sol";
import {KeyNode} from "../src/Types.sol";
import {Deployed} from "./Deployed.sol";

contract KeyNetworkTest is Test, Deployed {
    IKeyNetwork internal network;
    bytes internal networkKey = keyOf(99);
    address internal owner = makeAddr("owner");

    function setUp() public {
        vm.warp(1_800_000_000);
        network = deployKeyNetwork(owner, nodesFrom(1, 3), 2, networkKey);
    }

    function keyOf(uint256 seed) internal pure returns (bytes memory) {
        return abi.encodePacked(uint128(seed), uint256(seed));
    }

    function nodesFrom(uint256 first, uint256 count) internal pure returns (KeyNode[] memory nodes) {
        nodes = new KeyNode[](count);
        for (uint256 i; i < count; ++i) {
            uint256 n = first + i;
            string memory endpoint = string.concat("http://127.0.0.1:", vm.toString(7470 + n));
            nodes[i] = KeyNode(endpoint, keyOf(n), address(uint160(n)), 0x7f000001, uint32(7470 + n));
        }
    }

    function timeNow() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    function test_it_shows_what_it_was_made_with() public view {
        assertEq(network.networkKey(), networkKey);
        assertEq(abi.encode(network.keyNodes()), abi.encode(nodesFrom(1, 3)));
        assertEq(network.threshold(), 2);
        assertEq(network.epoch(), 1);
        assertEq(network.owner(), owner);
        assertEq(network.MAX_NODES(), 32);
        assertEq(network.ANNOUNCEMENT_DELAY(), 15 days);
    }

    function test_lits_view_names_nodes_in_order_with_the_threshold() public view {
        (IKeyNetwork.LitEpoch memory epoch, uint256 threshold, IKeyNetwork.LitValidator[] memory nodes) =
            network.getActiveUnkickedValidatorStructsAndCounts();
        assertEq(epoch.number, 1);
        assertEq(threshold, 2);
        assertEq(nodes.length, 3);
        for (uint256 i; i < 3; ++i) {
            assertEq(nodes[i].ip, 0x7f000001);
            assertEq(nodes[i].port, 7471 + i);
            assertEq(nodes[i].nodeAddress, address(uint160(i + 1)));
        }
    }

    function test_lits_client_never_asks_for_the_epoch_before() public {
        for (uint256 number = 1; number < 5; ++number) {
            (IKeyNetwork.LitEpoch memory epoch,,) = network.getActiveUnkickedValidatorStructsAndCounts();
            assertEq(epoch.number, number);
            uint256 began = epoch.endTime - epoch.epochLength;
            assertGe(timeNow(), began + 45, "the client's grace is over as the epoch begins");
            vm.prank(owner);
            network.announce(nodesFrom(number * 10, 3), 2);
            vm.warp(timeNow() + 15 days);
            network.activate();
        }
    }

    // ------------------------------------------------------------------ changes

    function test_a_change_is_announced_by_the_owner_and_waits_longer_than_unbonding() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, address(this), owner));
        network.announce(nodesFrom(4, 4), 3);

        uint64 readyAt = timeNow() + 15 days;
        vm.expectEmit(address(network));
        emit IKeyNetwork.Announced(nodesFrom(4, 4), 3, readyAt);
        vm.prank(owner);
        network.announce(nodesFrom(4, 4), 3);
        (KeyNode[] memory nodes, uint256 threshold, uint64 activatableAt) = network.announcement();
        assertEq(abi.encode(nodes), abi.encode(nodesFrom(4, 4)));
        assertEq(threshold, 3);
        assertEq(activatableAt, readyAt);

        vm.warp(readyAt - 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_TooEarly.selector, readyAt, readyAt - 1));
        network.activate();
        assertEq(network.keyNodes().length, 3);
        assertGt(network.ANNOUNCEMENT_DELAY(), 14 days);
    }

    function test_anyone_activates_what_was_announced_once() public {
        vm.prank(owner);
        network.announce(nodesFrom(4, 2), 1);
        vm.warp(timeNow() + 15 days);
        vm.expectEmit(address(network));
        emit IKeyNetwork.StateChanged(0);
        network.activate();
        assertEq(abi.encode(network.keyNodes()), abi.encode(nodesFrom(4, 2)));
        assertEq(network.threshold(), 1);
        assertEq(network.epoch(), 2);
        assertEq(network.networkKey(), networkKey, "the network's key never changes");
        vm.expectRevert(Errors.KeyNetwork_NothingAnnounced.selector);
        network.activate();
    }

    function test_a_second_announcement_replaces_the_first_and_waits_anew() public {
        vm.prank(owner);
        network.announce(nodesFrom(4, 5), 3);
        vm.warp(timeNow() + 14 days);
        vm.prank(owner);
        network.announce(nodesFrom(10, 3), 2);
        uint64 readyAt = timeNow() + 15 days;
        vm.warp(timeNow() + 2 days);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_TooEarly.selector, readyAt, timeNow()));
        network.activate();
        vm.warp(readyAt);
        network.activate();
        assertEq(abi.encode(network.keyNodes()), abi.encode(nodesFrom(10, 3)));
    }

    function test_a_withdrawn_announcement_is_never_activated() public {
        vm.expectRevert(Errors.KeyNetwork_NothingAnnounced.selector);
        vm.prank(owner);
        network.withdrawAnnouncement();
        vm.prank(owner);
        network.announce(nodesFrom(4, 5), 3);
        vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, address(this), owner));
        network.withdrawAnnouncement();
        vm.expectEmit(address(network));
        emit IKeyNetwork.AnnouncementWithdrawn();
        vm.prank(owner);
        network.withdrawAnnouncement();
        (KeyNode[] memory nodes, uint256 threshold, uint64 activatableAt) = network.announcement();
        assertEq(nodes.length, 0);
        assertEq(threshold, 0);
        assertEq(activatableAt, 0);
        vm.warp(timeNow() + 365 days);
        vm.expectRevert(Errors.KeyNetwork_NothingAnnounced.selector);
        network.activate();
        assertEq(network.epoch(), 1);
    }

    function test_a_new_owner_withdraws_what_the_old_one_announced() public {
        address heir = makeAddr("heir");
        vm.startPrank(owner);
        network.announce(nodesFrom(4, 5), 3);
        network.offerOwnership(heir);
        vm.stopPrank();
        vm.startPrank(heir);
        network.acceptOwnership();
        network.withdrawAnnouncement();
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(Errors.Owned_NotOwner.selector, owner, heir));
        vm.prank(owner);
        network.announce(nodesFrom(4, 5), 3);
    }

    // ------------------------------------------------------------------ refusals

    function test_a_network_has_an_owner_and_a_key_of_48_bytes() public {
        vm.expectRevert(Errors.Owned_ZeroOwner.selector);
        deployKeyNetwork(address(0), nodesFrom(1, 3), 2, networkKey);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_BadKeyLength.selector, 47, 48));
        deployKeyNetwork(owner, nodesFrom(1, 3), 2, new bytes(47));
    }

    function test_a_threshold_is_reachable_and_not_zero() public {
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_BadThreshold.selector, 0, 3));
        network.announce(nodesFrom(1, 3), 0);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_BadThreshold.selector, 4, 3));
        network.announce(nodesFrom(1, 3), 4);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_BadNodeCount.selector, 0, 32));
        network.announce(nodesFrom(1, 0), 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_BadNodeCount.selector, 33, 32));
        network.announce(nodesFrom(1, 33), 1);
        vm.stopPrank();
    }

    function test_each_node_is_complete_and_itself() public {
        vm.startPrank(owner);
        KeyNode[] memory nodes = nodesFrom(1, 3);
        nodes[1].verificationKey = new bytes(49);
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_BadKeyLength.selector, 49, 48));
        network.announce(nodes, 2);
        for (uint256 i; i < 4; ++i) {
            nodes = nodesFrom(1, 3);
            if (i == 0) nodes[1].nodeAddress = address(0);
            if (i == 1) nodes[1].ip = 0;
            if (i == 2) nodes[1].port = 0;
            if (i == 3) nodes[1].port = 65_536;
            vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_IncompleteNode.selector, 1));
            network.announce(nodes, 2);
        }
        nodes = nodesFrom(1, 3);
        nodes[2].nodeAddress = nodes[0].nodeAddress;
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_DuplicateNode.selector, 2));
        network.announce(nodes, 2);
        nodes = nodesFrom(1, 3);
        nodes[2].verificationKey = nodes[0].verificationKey;
        vm.expectRevert(abi.encodeWithSelector(Errors.KeyNetwork_DuplicateNode.selector, 2));
        network.announce(nodes, 2);
        vm.stopPrank();
    }

    function test_no_two_nodes_answer_at_one_endpoint() public {
        KeyNode[] memory nodes = nodesFrom(1, 3);
        nodes[2].endpoint = nodes[0].endpoint;
        bytes memory refusal = abi.encodeWithSelector(Errors.KeyNetwork_DuplicateNode.selector, 2);
        vm.expectRevert(refusal);
        deployKeyNetwork(owner, nodes, 2, networkKey);
        vm.expectRevert(refusal);
        vm.prank(owner);
        network.announce(nodes, 2);
    }
}
