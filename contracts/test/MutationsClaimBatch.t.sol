// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../src/Errors.sol";
import {IBatchSettlement} from "../src/settlement/IBatchSettlement.sol";
import {LyingAccount} from "./LyingAccount.sol";
import {MutationsChannel} from "./MutationsChannel.sol";

/// @dev A signed batch of claims, and everything that is not quite that batch. Its vouchers are good in any case.
contract MutationsClaimBatchTest is MutationsChannel {
    string internal constant ENTRY =
        "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)";
    string internal constant TYPE =
        "ClaimBatch(ClaimEntry[] claims)ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)";

    IBatchSettlement.ChannelConfig internal second;

    function setUp() public override {
        super.setUp();
        second = config;
        second.salt = "second";
        fill(second);
    }

    function test_at_least_64_mutations_of_a_batch_are_refused_each_by_its_name() public {
        mutateEntries();
        mutateShape();
        mutateTypes();
        Forgery[] memory forgeries = forge(authorizer, domain(), hashAs(TYPE, abi.encode(entriesHash())));
        for (uint256 i; i < forgeries.length; ++i) {
            tryBatch(forgeries[i].how, batch(), forgeries[i].signature);
        }
        lie();
        replay();
        assertGe(refusals, LEAST);
        settlement.claimWithSignature(batch(), signature());
        (, uint128 claimed) = settlement.channels(channelId);
        assertEq(claimed, 500);
    }

    function entry(IBatchSettlement.ChannelConfig memory channel, uint128 ceiling, uint128 total)
        internal
        view
        returns (IBatchSettlement.VoucherClaim memory)
    {
        bytes32 digest = settlement.getVoucherDigest(settlement.getChannelId(channel), ceiling);
        bytes memory by = seal(session, digest);
        return IBatchSettlement.VoucherClaim(IBatchSettlement.Voucher(channel, ceiling), by, total);
    }

    function batch() internal view returns (IBatchSettlement.VoucherClaim[] memory claims) {
        claims = new IBatchSettlement.VoucherClaim[](2);
        (claims[0], claims[1]) = (entry(config, 600, 500), entry(second, 700, 400));
    }

    function entriesHash() internal view returns (bytes32) {
        bytes32 first = hashAs(ENTRY, abi.encode(channelId, 600, 500));
        bytes32 other = hashAs(ENTRY, abi.encode(settlement.getChannelId(second), 700, 400));
        return keccak256(abi.encodePacked(first, other));
    }

    function signature() internal view returns (bytes memory) {
        return seal(authorizer, digestOf(domain(), hashAs(TYPE, abi.encode(entriesHash()))));
    }

    function tryBatch(string memory how, IBatchSettlement.VoucherClaim[] memory claims, bytes memory by)
        internal
    {
        bytes memory call = abi.encodeCall(settlement.claimWithSignature, (claims, by));
        refuse(how, anyone, address(settlement), call, badSignature(authorizer.addr));
    }

    function mutateEntries() internal {
        IBatchSettlement.ChannelConfig[] memory all = twins();
        for (uint256 i; i < all.length; ++i) {
            for (uint256 place; place < 2; ++place) {
                IBatchSettlement.VoucherClaim[] memory claims = batch();
                claims[place] = entry(all[i], 600, 500);
                tryBatch("channel", claims, signature());
            }
        }
        for (uint256 place; place < 2; ++place) {
            uint256[] memory values = others(place == 0 ? 600 : 700, type(uint128).max);
            for (uint256 i; i < values.length; ++i) {
                IBatchSettlement.VoucherClaim[] memory claims = batch();
                claims[place].voucher.maxClaimableAmount = uint128(values[i]);
                tryBatch("ceiling", claims, signature());
                claims = batch();
                claims[place].totalClaimed = uint128(values[i] & 0xff);
                tryBatch("total", claims, signature());
            }
        }
    }

    function mutateShape() internal {
        IBatchSettlement.VoucherClaim[] memory claims = batch();
        (claims[0], claims[1]) = (claims[1], claims[0]);
        tryBatch("order of entries", claims, signature());
        claims = batch();
        claims[1] = claims[0];
        tryBatch("the first twice", claims, signature());
        IBatchSettlement.VoucherClaim[] memory one = new IBatchSettlement.VoucherClaim[](1);
        for (uint256 i; i < 2; ++i) {
            one[0] = batch()[i];
            tryBatch("one alone", one, signature());
        }
        IBatchSettlement.VoucherClaim[] memory three = new IBatchSettlement.VoucherClaim[](3);
        (three[0], three[1], three[2]) = (batch()[0], batch()[1], entry(config, 600, 600));
        tryBatch("one more", three, signature());
        bytes memory call = abi.encodeCall(
            settlement.claimWithSignature, (new IBatchSettlement.VoucherClaim[](0), signature())
        );
        bytes memory empty = abi.encodeWithSelector(Errors.BatchSettlement_EmptyBatch.selector);
        refuse("none", anyone, address(settlement), call, empty);
        mutateAuthorizers();
    }

    function mutateAuthorizers() internal {
        address[3] memory people = [anyone, payer.addr, session.addr];
        for (uint256 i; i < people.length; ++i) {
            IBatchSettlement.VoucherClaim[] memory claims = batch();
            claims[0].voucher.channel.receiverAuthorizer = people[i];
            bytes memory call = abi.encodeCall(settlement.claimWithSignature, (claims, signature()));
            refuse("authorizer", anyone, address(settlement), call, badSignature(people[i]));
            // Signed as a batch, but the second channel is another's.
            claims = batch();
            claims[1].voucher.channel.receiverAuthorizer = people[i];
            bytes memory by = seal(authorizer, settlement.getClaimBatchDigest(claims));
            call = abi.encodeCall(settlement.claimWithSignature, (claims, by));
            bytes memory wrong = abi.encodeWithSelector(
                Errors.BatchSettlement_WrongAuthorizer.selector, authorizer.addr, people[i]
            );
            refuse("another's channel", anyone, address(settlement), call, wrong);
        }
    }

    function mutateTypes() internal {
        string[4] memory types = [
            "ClaimBatch(ClaimEntry[] claims)",
            "ClaimBatch(bytes32 claims)",
            "ClaimBatch(ClaimEntry[] entries)ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)",
            "ClaimBatch(ClaimEntry[] claims)ClaimEntry(bytes32 channelId,uint128 totalClaimed,uint128 maxClaimableAmount)"
        ];
        for (uint256 i; i < types.length; ++i) {
            bytes32 structHash = hashAs(types[i], abi.encode(entriesHash()));
            tryBatch("type", batch(), seal(authorizer, digestOf(domain(), structHash)));
        }
        bytes32 digest = settlement.getVoucherDigest(channelId, 600);
        tryBatch("a voucher's", batch(), seal(authorizer, digest));
        tryBatch("a refund's", batch(), seal(authorizer, settlement.getRefundDigest(channelId, 0, 600)));
        tryBatch("the entries alone", batch(), seal(authorizer, entriesHash()));
        tryBatch("the session's", batch(), seal(session, settlement.getClaimBatchDigest(batch())));
    }

    function lie() internal {
        LyingAccount liar = new LyingAccount();
        IBatchSettlement.VoucherClaim[] memory claims = batch();
        claims[0].voucher.channel.receiverAuthorizer = address(liar);
        claims[1].voucher.channel.receiverAuthorizer = address(liar);
        bytes memory call = abi.encodeCall(settlement.claimWithSignature, (claims, signature()));
        for (uint256 i; i < liar.LIES(); ++i) {
            liar.setLie(i);
            (bool ok, bytes memory result) = address(settlement).call{gas: 3_000_000}(call);
            assertFalse(ok, "a lie");
            assertEq(result, badSignature(address(liar)), "a lie");
            ++refusals;
        }
    }

    /// @dev A batch brought twice claims once; on another chain it is no batch.
    function replay() internal onSnapshot {
        IBatchSettlement.VoucherClaim[] memory claims = batch();
        bytes memory by = signature();
        uint256 chainId = block.chainid;
        vm.chainId(chainId + 1);
        tryBatch("chain", claims, by);
        vm.chainId(chainId);
        settlement.claimWithSignature(claims, by);
        settlement.claimWithSignature(claims, by);
        (uint128 claimed,) = settlement.receivers(config.receiver, config.token);
        assertEq(claimed, 900, "a replay adds nothing");
    }
}
